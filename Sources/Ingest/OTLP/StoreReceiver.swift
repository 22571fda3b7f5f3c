public import Store

/// Takes requests into the store: one decoder and one batch, used again for each. Confined to one event loop.
///
/// The store's writer lock is all that stands between two of them, so a full store holds senders back
/// by itself.
public final class StoreReceiver: TraceReceiver {
  private let store: Store
  private var decoder = TraceRequestDecoder()
  private let batch: SpanBatch

  public init(store: Store) {
    self.store = store
    batch = SpanBatch(vocabulary: store.vocabulary)
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
    let result = store.append(batch, isHistory: isHistory)
    // A span that came again is taken too: its sender did nothing wrong.
    guard result.rejected > 0 else { return .accepted(count: result.accepted) }
    return .partial(
      accepted: result.accepted, rejected: result.rejected,
      reason: result.reason ?? "a trace id or span id is not valid")
  }
}
