public import Store

/// Where the spans and logs of files go: a store, or a collector.
public protocol FileSink: AnyObject {
  /// What records are decoded into; used again for each.
  var batch: SpanBatch { get }

  /// Takes the batch; throws where reading on is of no use.
  ///
  /// `body` is the record as protobuf, if it was that, and says the same; it and what the batch points
  /// to live until this returns. `bytes` is how long the record was, and `place` where it stands.
  /// Returns what had to be taken away.
  func take(_ body: WireBytes?, bytes: Int, at place: FilePlace) throws(FileError) -> BatchCuts

  /// What records of logs are decoded into; used again for each.
  var logs: LogBatch { get }

  /// Takes the logs. `body` is the record as protobuf; it and what the logs point to live until this
  /// returns. Returns what had to be taken away.
  func takeLogs(
    _ body: WireBytes, bytes: Int, at place: FilePlace
  ) throws(FileError) -> BatchCuts

  /// Nothing more comes for now: what was taken must not wait any longer.
  func flush() throws(FileError)

  /// Whether each record is to be handed over alone, also where many that are short stand side by side.
  var takesRecordsAlone: Bool { get }

  /// Records that were taken and then not wanted after all, with their places; each is said once.
  func takeRefusals() -> [FileProblem]
}

extension FileSink {
  public func flush() throws(FileError) {}
  public var takesRecordsAlone: Bool { false }
  public func takeRefusals() -> [FileProblem] { [] }
}

/// Takes the spans of files into a store, as spans that came when they ended.
public final class StoreSink: FileSink {
  public let batch: SpanBatch
  private let store: Store
  private let ruler: SpanRuler?
  public private(set) lazy var logs = LogBatch(limits: FileReader.batchLimits)
  private lazy var intake = LogIntake(store: store, rules: rules)
  private let rules: RuleBook?

  /// `rules` are applied to the spans as they come.
  public init(store: Store, rules: RuleBook? = nil) {
    self.store = store
    self.rules = rules
    batch = SpanBatch(vocabulary: store.vocabulary, limits: FileReader.batchLimits)
    ruler = rules.flatMap { $0.isEmpty ? nil : SpanRuler($0) }
  }

  public func take(_ body: WireBytes?, bytes: Int, at place: FilePlace) -> BatchCuts {
    let cuts = batch.cut(bodyBytes: bytes)
    _ = ruler?.apply(to: batch)
    _ = store.append(batch, isHistory: true)
    return cuts
  }

  public func takeLogs(_ body: WireBytes, bytes: Int, at place: FilePlace) -> BatchCuts {
    intake.take(logs, bodyBytes: bytes).cuts
  }
}

/// Takes nothing: for files that are only looked at.
final class NowhereSink: FileSink {
  let batch = SpanBatch()
  let logs = LogBatch()
  func take(_ body: WireBytes?, bytes: Int, at place: FilePlace) -> BatchCuts { BatchCuts() }
  func takeLogs(_ body: WireBytes, bytes: Int, at place: FilePlace) -> BatchCuts { BatchCuts() }
}
