public import Store

/// Where the spans of files go: a store, or a collector.
public protocol FileSink: AnyObject {
  /// What records are decoded into; used again for each.
  var batch: SpanBatch { get }

  /// Takes the batch; throws where reading on is of no use.
  ///
  /// `body` is the record as protobuf, if it was that, and says the same; it and what the batch points
  /// to live until this returns. `bytes` is how long the record was. Returns what had to be taken away.
  func take(_ body: WireBytes?, bytes: Int) throws(FileError) -> BatchCuts
}

/// Takes the spans of files into a store, as spans that came when they ended.
public final class StoreSink: FileSink {
  public let batch: SpanBatch
  private let store: Store
  private let ruler: SpanRuler?

  /// `rules` are applied to the spans as they come.
  public init(store: Store, rules: RuleBook? = nil) {
    self.store = store
    batch = SpanBatch(vocabulary: store.vocabulary, limits: FileReader.batchLimits)
    ruler = rules.flatMap { $0.isEmpty ? nil : SpanRuler($0) }
  }

  public func take(_ body: WireBytes?, bytes: Int) -> BatchCuts {
    let cuts = batch.cut(bodyBytes: bytes)
    _ = ruler?.apply(to: batch)
    _ = store.append(batch, isHistory: true)
    return cuts
  }
}

/// Takes nothing: for files that are only looked at.
final class NowhereSink: FileSink {
  let batch = SpanBatch()
  func take(_ body: WireBytes?, bytes: Int) -> BatchCuts { BatchCuts() }
}
