import Store

/// Writes JSON text (RFC 8259) into bytes as it goes, indented by two as `json.dumps(…, indent=2)` does.
///
/// Members and elements are written by calls nested as the text is; commas and line breaks are placed
/// here. Text is written as UTF-8; what a terminal would obey is written as `\u` escapes, so the value
/// stays exact and printing it is harmless. Numbers that JSON has no form for are written as null.
public struct JSONWriter: Sendable {
  /// What is written so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether line breaks and indents are written.
  private let isIndented: Bool
  private var depth = 0
  /// A line break and the indent behind it, as deep as was needed so far.
  private var lineBreak = [UInt8(ascii: "\n")]
  /// Whether the next element of the open object or array is its first.
  private var isFirst = true

  public init(isIndented: Bool = true) {
    self.isIndented = isIndented
  }

  // MARK: - Structure

  /// An object as the value that is due; `members` writes what it holds.
  @inline(__always)
  public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
    try enclose("{", "}", members)
  }

  /// An array as the value that is due; `elements` calls `element` for each.
  @inline(__always)
  public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
    try enclose("[", "]", elements)
  }

  /// The key of the next member; its value must follow. Keys are the program's own words: nothing in
  /// them needs an escape.
  public mutating func key(_ key: String) {
    beginElement()
    bytes.append(UInt8(ascii: "\""))
    put(key)
    put(isIndented ? "\": " : "\":")
  }

  /// The place of the next element of an array; its value must follow.
  public mutating func element() { beginElement() }

  /// A writer of elements that are to be put into the open array with ``append(elements:)``.
  public func ofElements() -> JSONWriter {
    var writer = JSONWriter(isIndented: isIndented)
    writer.depth = depth
    return writer
  }

  /// Elements that another writer made, with the commas between them.
  public mutating func append(elements: [UInt8]) {
    guard !elements.isEmpty else { return }
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes.append(contentsOf: elements)
  }

  /// Hands over what is written so far, for output in parts; writing goes on where it was.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  @inline(__always)
  private mutating func enclose(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ content: (inout JSONWriter) throws -> Void
  ) rethrows {
    bytes.append(UInt8(ascii: open))
    depth += 1
    isFirst = true
    try content(&self)
    depth -= 1
    if !isFirst { breakLine() }
    isFirst = false
    bytes.append(UInt8(ascii: close))
  }

  private mutating func beginElement() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  private mutating func breakLine() {
    guard isIndented else { return }
    while lineBreak.count < 1 + 2 * depth { lineBreak.append(UInt8(ascii: " ")) }
    bytes.append(contentsOf: lineBreak[..<(1 + 2 * depth)])
  }

  // MARK: - Values

  public mutating func null() { put("null") }

  public mutating func bool(_ value: Bool) { put(value ? "true" : "false") }

  public mutating func int(_ value: some BinaryInteger) { put(String(value)) }

  /// The shortest text that reads back as the same number; null for one that is not finite.
  public mutating func double(_ value: Double) {
    guard value.isFinite else { return null() }
    put(value.description)
  }

  public mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if Self.isPlain(text) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars {
        put(JSONText.escape(of: scalar, visibly: true) ?? String(scalar))
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Whether all of it may stand in a string as it is.
  private static func isPlain(_ text: String) -> Bool {
    let utf8 = text.utf8.span
    var isPlain = true
    for index in utf8.indices {
      let byte = utf8[index]
      isPlain =
        isPlain && byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"")
        && byte != UInt8(ascii: "\\")
    }
    return isPlain
  }
}
