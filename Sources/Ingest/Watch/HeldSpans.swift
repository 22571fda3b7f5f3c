public import Store

/// The traces a collector holds, as requests to be sent to a viewer, made one at a time as they can
/// be sent.
///
/// Called by one thread at a time, never by an event loop: it may take as long as it takes.
public protocol HeldSpans: AnyObject, Sendable {
  /// The next ExportTraceServiceRequest, about 1 MiB or less; nil when there are no more.
  func nextChunk() -> [UInt8]?
  /// What was decided of the traces in the last chunk, where requests are thinned.
  func decisions() -> [SamplingDecision]
  /// Which of the traces in the last chunk are pinned.
  func pins() -> [TraceID]
  /// When those are through, the next ExportLogsServiceRequest of the same traces; nil when there are no
  /// more.
  func nextLogs() -> [UInt8]?
}

extension HeldSpans {
  public func decisions() -> [SamplingDecision] { [] }
  public func pins() -> [TraceID] { [] }
  public func nextLogs() -> [UInt8]? { nil }
}

/// Begins to read what is held for a request; throws `invalidArgument` where its filter is wrong.
///
/// Called off the event loops, after the viewer began to receive what arrives. It must see every
/// request whose append has returned, published or not: then nothing falls between.
public typealias HeldProvider =
  @Sendable (WatchRequest) throws(GRPCStatus) -> any HeldSpans

/// Groups what is held; throws `invalidArgument` where the key or the filter is wrong. Called off the
/// event loops.
public typealias GroupsProvider =
  @Sendable (GroupsRequest) throws(GRPCStatus) -> GroupsReply

/// Nothing held.
public final class NothingHeld: HeldSpans {
  public init() {}
  public func nextChunk() -> [UInt8]? { nil }
}
