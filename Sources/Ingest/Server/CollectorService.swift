import Store

/// What the sockets' side asks of the collector behind it. Called on event loops: nothing here may
/// wait.
public protocol CollectorService: AnyObject, Sendable {
  /// The receiver of one event loop: its decoder and batch are used by that loop only.
  func makeReceiver() -> any TraceReceiver

  /// Takes the body of a TraceService request, with the receiver of the loop that read it.
  func exportTraces(_ body: MessageBytes, with receiver: any TraceReceiver) -> ExportOutcome
  /// Takes the body of a LogsService request.
  func exportLogs(_ body: MessageBytes, with receiver: any TraceReceiver) -> ExportOutcome
  /// Takes the body of a MetricsService request.
  func exportMetrics(_ body: MessageBytes) -> ExportOutcome

  // The same in OTLP/JSON.
  func exportTraces(json body: MessageBytes, with receiver: any TraceReceiver) -> ExportOutcome
  func exportLogs(json body: MessageBytes, with receiver: any TraceReceiver) -> ExportOutcome
  func exportMetrics(json body: MessageBytes) -> ExportOutcome

  /// Where requests are written before they are acknowledged; nil where they are not.
  var journal: (any RequestJournal)? { get }

  /// Lets a viewer in. `wake` is called, from any thread, when ``WatchFeed/next()`` has more after
  /// it had not.
  func watch(_ request: WatchRequest, wake: @escaping @Sendable () -> Void) -> any WatchFeed
  /// The status as JSON text.
  func status() -> MessageBytes
  /// The figures of the status as Prometheus' text.
  func metrics() -> MessageBytes
  /// Makes the answer to `planoai trace` on a thread of its own and hands it over there.
  func planoTraces(_ answer: @escaping @Sendable (MessageBytes) -> Void)
  /// Groups what is held, on a thread of its own, and hands the message over there.
  func groups(
    _ request: GroupsRequest,
    _ answer: @escaping @Sendable (Result<MessageBytes, GRPCStatus>) -> Void)
  /// Keeps the request of a trace for longer than others, or no longer; false where it is not held.
  func pin(_ request: PinRequest) -> Bool
  /// Asks the program to end; returns at once.
  func stop()
  /// A request or a connection was refused before any of the above saw it.
  func refused(_ refusal: Refusal)
}

extension CollectorService {
  public var journal: (any RequestJournal)? { nil }
}

/// Decodes and stores requests of traces; confined to one event loop.
public protocol TraceReceiver: AnyObject {
  /// The bytes are valid until this returns.
  func receive(_ body: UnsafeRawBufferPointer) -> ExportOutcome
  /// The same for a request in OTLP/JSON.
  func receive(json body: UnsafeRawBufferPointer) -> ExportOutcome
  /// The request to be sent to viewers, and written to the journal, instead of the body received last;
  /// nil where that will do.
  /// Called while that body's bytes are still valid.
  func requestForViewers() -> [UInt8]?

  // The same for requests of logs.
  func receive(logs body: UnsafeRawBufferPointer) -> ExportOutcome
  func receive(jsonLogs body: UnsafeRawBufferPointer) -> ExportOutcome
  func logsForViewers() -> [UInt8]?
}

extension TraceReceiver {
  public func requestForViewers() -> [UInt8]? { nil }

  // A receiver that keeps no logs counts them.
  public func receive(logs body: UnsafeRawBufferPointer) -> ExportOutcome {
    do throws(WireError) {
      return .accepted(count: try SignalCounter.logRecords(in: MessageBytes(unsafe Array(body))))
    } catch {
      return .malformed(error.description)
    }
  }
  public func receive(jsonLogs body: UnsafeRawBufferPointer) -> ExportOutcome {
    do throws(JSONError) {
      return .accepted(
        count: try JSONSignalCounter.logRecords(in: MessageBytes(unsafe Array(body))))
    } catch {
      return .malformed(error.description)
    }
  }
  public func logsForViewers() -> [UInt8]? { nil }
}

/// What one viewer is sent, taken as fast as its connection takes it.
public protocol WatchFeed: AnyObject, Sendable {
  /// The next thing to send; called by one thread at a time.
  func next() -> WatchStep
  /// The viewer is gone.
  func cancel()
}

/// What to do next about a viewer.
public enum WatchStep: Equatable, Sendable {
  case send(WatchFrame)
  /// Nothing now; `wake` will be called.
  case wait
  /// The stream ends.
  case end(GRPCStatus)
}
