/// What stands in a request.
public enum RequestKind: Equatable, Sendable {
  case spans, logs
}

/// What a receiver said to a request: how much of it it refused for good, and why.
public typealias RequestAnswer = (rejected: Int, reason: String)

/// Sends requests to a receiver and waits for each answer.
public protocol RequestSender: AnyObject {
  func send(_ kind: RequestKind, _ body: MessageBytes) throws(IngestError) -> RequestAnswer
  /// Whether it is worth trying again without a new connection.
  var isConnected: Bool { get }
  func close()
}

extension CollectorClient: RequestSender {
  public func send(
    _ kind: RequestKind, _ body: MessageBytes
  ) throws(IngestError) -> RequestAnswer {
    switch kind {
    case .spans: try exportTraces(body)
    case .logs: try exportLogs(body)
    }
  }
}
