/// A pattern over bytes on their way in: exact, or with `*` for any run of them.
///
/// Compared byte by byte with no copies, since every span's name is.
struct TextPattern: Sendable {
  /// What stands between the stars, in order; one piece is an exact text.
  private let pieces: [[UInt8]]

  init(_ source: String) {
    pieces = source.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      .map { Array($0) }
  }

  /// The byte that every match begins with; nil where any may.
  var firstByte: UInt8? { pieces[0].first }

  func matches(_ text: WireBytes) -> Bool {
    let first = pieces[0]
    guard Self.stands(first, in: text, at: 0) else { return false }
    guard pieces.count > 1 else { return text.count == first.count }
    let last = pieces[pieces.count - 1]
    let end = text.count - last.count
    guard end >= first.count, Self.stands(last, in: text, at: end) else { return false }
    var position = first.count
    for piece in pieces.dropFirst().dropLast() {
      while position + piece.count <= end, !Self.stands(piece, in: text, at: position) {
        position += 1
      }
      guard position + piece.count <= end else { return false }
      position += piece.count
    }
    return true
  }

  private static func stands(_ bytes: [UInt8], in text: WireBytes, at position: Int) -> Bool {
    guard text.count - position >= bytes.count else { return false }
    for offset in bytes.indices where text[position + offset] != bytes[offset] { return false }
    return true
  }
}
