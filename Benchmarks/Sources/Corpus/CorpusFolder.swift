import Glibc

/// The requests in a folder that `Scripts/corpus.py` made, one after the other.
public struct CorpusFolder: Sequence, IteratorProtocol {
  private let folder: String
  private var number = 0

  public init(_ folder: String) { self.folder = folder }

  /// The next request's bytes; nil after the last.
  public mutating func next() -> [UInt8]? {
    let digits = String(number)
    number += 1
    let name = String(repeating: "0", count: Swift.max(0, 5 - digits.count)) + digits
    guard let file = fopen("\(folder)/pb/\(name).bin", "r") else { return nil }
    defer { fclose(file) }
    fseek(file, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: ftell(file))
    rewind(file)
    guard fread(&bytes, 1, bytes.count, file) == bytes.count else { return nil }
    return bytes
  }
}
