/// The roles that span names decide, remembered from request to request, since names repeat: looked up
/// by a hash that is there already instead of tried against every pattern.
final class NameRoles {
  /// More distinct names than this are not remembered from one request to the next.
  static let maximumRemembered = 1 << 12

  private let words: VocabularyWords
  private var table = StringTable()
  /// For each name the role's number plus one; zero where no pattern fits.
  private var roles = GrowingBuffer<UInt8>(capacity: 256)

  init(_ words: VocabularyWords) { self.words = words }

  /// The role's number plus one; zero where the name decides none.
  func role(of name: SpanBatch.Text) -> UInt8 {
    // Safe: the table stays until names are forgotten; held so, no reference is counted for each span.
    let number = unsafe Unmanaged.passUnretained(table)._withUnsafeGuaranteedRef {
      Int(unsafe $0.intern(name.bytes.base, name.length, hash: name.hash))
    }
    if number == roles.count {
      roles.append(words.role(ofName: name.bytes).map { $0.rawValue + 1 } ?? 0)
    }
    return roles[number]
  }

  func forgetIfMany() {
    guard roles.count > NameRoles.maximumRemembered || table.heap.bytes > 4 << 20 else { return }
    table = StringTable()
    roles.removeAll()
  }
}
