public import Store

/// Takes requests into the store: one decoder and one batch, used again for each. Confined to one event loop.
///
/// The store's writer lock is all that stands between two of them, so a full store holds senders back
/// by itself.
public final class StoreReceiver: TraceReceiver {
  private let store: Store
  private var decoder = TraceRequestDecoder()
  private let batch: SpanBatch
  /// The rules, where any are on.
  private let ruler: SpanRuler?
  /// Whether rules changed the request that was received last.
  private var isRuled = false

  /// A receiver of spans as they come; `rules` are for spans that no collector has applied them to.
  public init(store: Store, rules: RuleBook? = nil) {
    self.store = store
    batch = SpanBatch(vocabulary: store.vocabulary)
    ruler = rules.flatMap { $0.isEmpty ? nil : SpanRuler($0) }
  }

  /// Takes a request that came from another collector; `isHistory` says that it held the spans before.
  @discardableResult
  public func receive(_ body: MessageBytes, isHistory: Bool = false) -> ExportOutcome {
    unsafe body.withUnsafeBytes { bytes in unsafe receive(bytes, isHistory: isHistory) }
  }

  public func receive(_ body: UnsafeRawBufferPointer) -> ExportOutcome {
    unsafe receive(body, isHistory: false)
  }

  private func receive(_ body: UnsafeRawBufferPointer, isHistory: Bool) -> ExportOutcome {
    do throws(WireError) {
      unsafe try decoder.decode(body, into: batch)
    } catch {
      return .malformed(error.description)
    }
    if let ruler { isRuled = ruler.apply(to: batch) }
    let result = store.append(batch, isHistory: isHistory)
    // A span that came again is taken too: its sender did nothing wrong.
    guard result.rejected > 0 else { return .accepted(count: result.accepted) }
    return .partial(
      accepted: result.accepted, rejected: result.rejected,
      reason: result.reason ?? "a trace id or span id is not valid")
  }

  /// The spans as rules have left them; nil where the body says the same.
  public func requestForViewers() -> [UInt8]? { isRuled ? batch.exportRequest() : nil }
}
