/// Writes JSON text (RFC 8259) into bytes as it goes, indented by two as `json.dumps(…, indent=2)` does.
///
/// Members and elements are written by calls nested as the text is; commas and line breaks are placed
/// here. Text is written as UTF-8; what a terminal would obey is written as `\u` escapes, so the value
/// stays exact and printing it is harmless. Numbers that JSON has no form for are written as null.
public struct JSONWriter {
  /// What is written so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether line breaks and indents are written.
  private let isIndented: Bool
  private var depth = 0
  /// Whether the next element of the open object or array is its first.
  private var isFirst = true

  public init(isIndented: Bool = true) {
    self.isIndented = isIndented
  }

  // MARK: - Structure

  /// An object as the value that is due; `members` writes what it holds.
  public mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
    try enclose("{", "}", members)
  }

  /// An array as the value that is due; `elements` calls `element` for each.
  public mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
    try enclose("[", "]", elements)
  }

  /// The key of the next member; its value must follow.
  public mutating func key(_ key: String) {
    beginElement()
    string(key)
    put(isIndented ? ": " : ":")
  }

  /// The place of the next element of an array; its value must follow.
  public mutating func element() { beginElement() }

  /// Hands over what is written so far, for output in parts; writing goes on where it was.
  public mutating func takeBytes() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

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
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
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
    if text.utf8.allSatisfy(Self.isPlain) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { put(escaping: scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}
