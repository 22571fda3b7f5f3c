/// What was made of the files that the explorer was opened on.
public struct FileReading: Equatable, Sendable {
  public struct File: Equatable, Sendable {
    public var name: String
    /// What it is ("JSON lines, gzip"); empty until that is known.
    public var format = ""
    public var bytesRead: UInt64 = 0
    /// Nil for a pipe.
    public var bytes: UInt64?
    public var spans: UInt64 = 0
    public var isDone = false
    /// What was left out, each with its place; not all where there are too many.
    public var problems: [String] = []
    public var problemCount: UInt64 = 0

    public init(name: String) { self.name = name }
  }

  public var files: [File]

  public init(files: [File] = []) { self.files = files }

  // MARK: - Sums

  var isDone: Bool { files.allSatisfy(\.isDone) }
  var spans: UInt64 { files.reduce(0) { $0 + $1.spans } }
  var problemCount: UInt64 { files.reduce(0) { $0 + $1.problemCount } }

  /// How much of all files has been read; nil where one has no length.
  var share: Double? {
    var (read, whole) = (UInt64(0), UInt64(0))
    for file in files {
      guard let bytes = file.bytes else {
        guard file.isDone else { return nil }
        continue
      }
      whole += bytes
      read += min(file.isDone ? bytes : file.bytesRead, bytes)
    }
    return whole == 0 ? nil : Double(read) / Double(whole)
  }

  /// The file that is being read.
  var current: File? { files.first { !$0.isDone } }

  /// The first thing that was left out, and how many more there are.
  var firstProblem: String? {
    guard let file = files.first(where: { $0.problemCount > 0 }), let first = file.problems.first
    else { return nil }
    let more = problemCount - 1
    let key = Keymap.key(for: .files, on: .traces)?.name ?? "i"
    let rest = more > 0 ? "\(Format.grouped(more)) more; " : ""
    return "\(file.name) \(first)  (\(rest)\(key) lists)"
  }
}
