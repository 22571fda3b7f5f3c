/// What the rows of a packed segment say of each of its traces under the keys that have few values there: a bit
/// for each value, so that who counts values by trace reads a word of each trace where the rows are many.
///
/// Made when the segment is packed, and never changed: a trace's later rows stand in other segments.
final class SegmentMarks: Sendable {
  /// Columns with more values than these have no bits: they are amounts, or too many to be told apart by
  /// bits.
  static let maximumValues = 63
  /// No more memory than this for each row: where most traces have one row there are no marks.
  static let bytesPerRow = 5

  /// The low halves of the traces' numbers.
  let traces: [UInt32]
  /// By byte of bits and then by trace.
  private let bytes: [UInt8]
  /// The first bit of each column of the directory; -1 for those without.
  private let columns: [Int]
  /// The bit of the first resource, and of the first scope; nil where they are too many.
  let resources: Int?
  let scopes: Int?

  init(traces: [UInt32], bytes: [UInt8], columns: [Int], resources: Int?, scopes: Int?) {
    precondition(traces.isEmpty || bytes.count % traces.count == 0, "a trace has no bits")
    (self.traces, self.bytes, self.columns) = (traces, bytes, columns)
    (self.resources, self.scopes) = (resources, scopes)
  }

  /// Bytes of memory taken.
  var memory: Int { traces.count * 4 + bytes.count + columns.count * 8 + 96 }

  /// How many bytes of bits each trace has.
  var bytesPerTrace: Int { traces.isEmpty ? 0 : bytes.count / traces.count }

  /// The first bit of a column, as it is counted in the directory: the values of its dictionary have one each,
  /// one behind the other. Nil for a column without.
  func firstBit(ofColumn column: Int) -> Int? {
    column < columns.count && columns[column] >= 0 ? columns[column] : nil
  }

  /// Adds to the word of each trace what one byte of its bits stands for.
  ///
  /// - Parameters:
  ///   - words: as many as there are traces in `wanted`.
  ///   - table: what each of the 256 bytes stands for.
  func add(
    _ byte: Int, of wanted: Range<Int>, to words: inout [UInt64], _ table: [UInt64]
  ) {
    precondition(
      wanted.lowerBound >= 0 && wanted.upperBound <= traces.count && byte < bytesPerTrace
        && words.count >= wanted.count && table.count == 256, "no such bits")
    let first = byte * traces.count + wanted.lowerBound
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe table.withUnsafeBufferPointer { table in
        unsafe words.withUnsafeMutableBufferPointer { words in
          // Safe: all were checked above; a byte is below 256.
          for index in 0..<wanted.count {
            unsafe words[index] |= table[Int(bytes[first &+ index])]
          }
        }
      }
    }
  }
}
