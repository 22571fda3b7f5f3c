public import Store

/// Takes requests into the store: one decoder and one batch, used again for each. Confined to one event loop.
///
/// The store's writer lock is all that stands between two of them, so a full store holds senders back
/// by itself.
public final class StoreReceiver: TraceReceiver {
  private let store: Store
  private var decoder = TraceRequestDecoder()
  private var jsonDecoder = TraceJSONDecoder()
  private let batch: SpanBatch
  /// The rules, where any are on.
  private let ruler: SpanRuler?
  /// Whether the spans of the request received last are not what its bytes say.
  private var isChanged = false
  /// Counts what was taken away from spans.
  private let statistics: CollectorStatistics?
  /// Takes requests of logs.
  private(set) lazy var logReceiver = makeLogReceiver()
  private let makeLogReceiver: () -> LogReceiver

  /// A receiver of spans as they come; `rules` are for spans that no collector has applied them to.
  public init(
    store: Store, rules: RuleBook? = nil, limits: BatchLimits = BatchLimits(),
    statistics: CollectorStatistics? = nil
  ) {
    self.store = store
    self.statistics = statistics
    batch = SpanBatch(vocabulary: store.vocabulary, limits: limits)
    ruler = rules.flatMap { $0.isEmpty ? nil : SpanRuler($0) }
    makeLogReceiver = {
      LogReceiver(store: store, rules: rules, limits: limits, statistics: statistics)
    }
  }

  /// Takes a request that came from another collector; `isHistory` says that it held the spans before.
  @discardableResult
  public func receive(_ body: MessageBytes, isHistory: Bool = false) -> ExportOutcome {
    unsafe body.withUnsafeBytes { bytes in unsafe receive(bytes, isHistory: isHistory) }
  }

  public func receive(_ body: UnsafeRawBufferPointer) -> ExportOutcome {
    unsafe receive(body, isHistory: false)
  }

  public func receive(json body: UnsafeRawBufferPointer) -> ExportOutcome {
    do throws(JSONError) {
      unsafe try jsonDecoder.decode(body, into: batch)
    } catch {
      return error.reason == .tooLarge
        ? .tooLarge(error.description) : .malformed(error.description)
    }
    return append(bodyBytes: body.count, isHistory: false, isProtobuf: false)
  }

  /// The same for bytes in place.
  public func receive(_ body: UnsafeRawBufferPointer, isHistory: Bool) -> ExportOutcome {
    do throws(WireError) {
      unsafe try decoder.decode(body, into: batch)
    } catch {
      return error.reason == .tooLarge
        ? .tooLarge(error.description) : .malformed(error.description)
    }
    return append(bodyBytes: body.count, isHistory: isHistory)
  }

  // MARK: - History in two steps

  /// Decodes a request that the store held before; false where the bytes are none. Until
  /// ``appendHistory(waits:)`` has taken it in the bytes have to stay.
  public func decodeHistory(_ body: UnsafeRawBufferPointer) -> Bool {
    guard (try? unsafe decoder.decode(body, into: batch)) != nil else { return false }
    _ = batch.cut(bodyBytes: body.count)
    _ = ruler?.apply(to: batch)
    return true
  }

  /// Takes in what was decoded last; false, and nothing done, where somebody else writes to the store and
  /// nobody is to wait for that.
  public func appendHistory(waits: Bool) -> Bool {
    if waits {
      _ = store.append(batch, isHistory: true)
      return true
    }
    return store.appendIfIdle(batch, isHistory: true) != nil
  }

  /// Takes what was decoded into the store.
  private func append(
    bodyBytes: Int, isHistory: Bool, isProtobuf: Bool = true
  ) -> ExportOutcome {
    let cuts = batch.cut(bodyBytes: bodyBytes)
    let isRuled = ruler?.apply(to: batch) ?? false
    let result = store.append(batch, isHistory: isHistory)
    isChanged = isRuled || !isProtobuf || !cuts.isEmpty || result.rejected > 0
    // A span that came again is taken too: its sender did nothing wrong.
    guard result.rejected > 0 || !cuts.isEmpty else { return .accepted(count: result.accepted) }
    var reasons: [String] = []
    if result.rejected > 0 {
      reasons.append(result.reason ?? "a trace id or span id is not valid")
    }
    if !cuts.isEmpty {
      statistics?.add(cuts)
      reasons.append(
        "\(cuts.attributesDropped) attributes left out, \(cuts.valuesCut) values cut")
    }
    // Nothing rejected and a reason: how OTLP tells a sender of a warning.
    return .partial(
      accepted: result.accepted, rejected: result.rejected, reason: reasons.joined(separator: "; "))
  }

  /// The spans that were taken, as rules and limits have left them and without those that came too late
  /// to be kept; nil where the body says the same.
  public func requestForViewers() -> [UInt8]? {
    isChanged || !batch.late.isEmpty ? batch.exportRequest() : nil
  }
}
