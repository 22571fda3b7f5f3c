import Store

extension JSONWriter {
  /// One scalar inside a string.
  mutating func put(escaping scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": put("\\\"")
    case "\\": put("\\\\")
    case "\n": put("\\n")
    case "\r": put("\\r")
    case "\t": put("\\t")
    default:
      guard VisibleText.standIn(for: scalar) != nil else { return put(String(scalar)) }
      for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() { put(escapedUnit: unit) }
    }
  }

  /// `\u` and four hexadecimal digits.
  private mutating func put(escapedUnit unit: UInt16) {
    let digits = String(unit, radix: 16)
    put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}

// MARK: - Members

extension JSONWriter {
  public mutating func member(_ name: String, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: Bool?) {
    key(name)
    if let value { bool(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: (some BinaryInteger)?) {
    key(name)
    if let value { int(value) } else { null() }
  }

  public mutating func member(_ name: String, _ value: Double?) {
    key(name)
    if let value { double(value) } else { null() }
  }

  /// An object as a member.
  @inline(__always)
  public mutating func object(
    _ name: String, _ members: (inout JSONWriter) throws -> Void
  ) rethrows {
    key(name)
    try object(members)
  }

  /// An array as a member, each element written by `write`.
  @inline(__always)
  public mutating func array<Elements: Sequence>(
    _ name: String, _ elements: Elements,
    _ write: (inout JSONWriter, Elements.Element) throws -> Void
  ) rethrows {
    key(name)
    try array { text in
      for element in elements {
        text.element()
        try write(&text, element)
      }
    }
  }
}
