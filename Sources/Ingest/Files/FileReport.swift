public import Store

/// Where something stands in a file.
public struct FilePlace: Equatable, Sendable {
  /// The line, counted from 1; nil in files that have none.
  public var line: UInt64?
  /// Bytes from the beginning, of what is in the file once it is decompressed.
  public var byte: UInt64
}

/// Something of a file that was passed over, and where.
public struct FileProblem: Equatable, Sendable, CustomStringConvertible {
  /// The line, counted from 1; nil in files that have none.
  public var line: UInt64?
  /// Bytes from the beginning, of what is in the file once it is decompressed.
  public var byte: UInt64
  public var text: String

  public init(line: UInt64? = nil, byte: UInt64, _ text: String) {
    self.line = line
    self.byte = byte
    self.text = text
  }

  init(at place: FilePlace, _ text: String) {
    self.init(line: place.line, byte: place.byte, text)
  }

  public var description: String {
    let place = line.map { "line \($0), byte \(byte)" } ?? "byte \(byte)"
    return "\(place): \(text)"
  }
}

/// What was found in a file so far.
public struct FileReport: Equatable, Sendable {
  /// More problems than these are counted and not listed.
  public static let maximumListed = 1_000

  /// The file as a person named it.
  public var name: String
  /// What it is, for a person; empty until that is known.
  public var format = ""
  public var records: UInt64 = 0
  public var spans: UInt64 = 0
  /// Log records, and those of them that name no trace.
  public var logs: UInt64 = 0
  public var logsWithoutTrace: UInt64 = 0
  /// Spans that were left out because an id is not valid.
  public var spansRejected: UInt64 = 0
  /// What limits took away from the spans that were taken.
  public var cuts = BatchCuts()
  /// Records of metrics, which are not read.
  public var otherSignals: UInt64 = 0
  /// Whether the reader waits for bytes that have not come.
  public var isWaiting = false
  public var problems: [FileProblem] = []
  /// All of them, listed or not.
  public var problemCount: UInt64 = 0

  public init(name: String) { self.name = name }

  /// Whether everything in it was read and kept.
  public var isWhole: Bool { problemCount == 0 && cuts.isEmpty }

  /// Adds what ended the reading before its time, which has no place.
  public mutating func note(_ text: String) { add(FileProblem(byte: 0, text)) }

  mutating func add(_ problem: FileProblem) {
    problemCount += 1
    if problems.count < Self.maximumListed { problems.append(problem) }
  }
}
