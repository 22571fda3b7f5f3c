/// The limits that a user may set otherwise; ``IngestLimits`` has the rest, and the reasons.
public struct ReceivingLimits: Equatable, Sendable {
  /// The longest body after decompression, in bytes.
  public var bodyBytes = IngestLimits.maximumBodyBytes
  /// The longest compressed body, in bytes.
  public var compressedBytes = IngestLimits.maximumCompressedBytes
  public var connections = IngestLimits.maximumConnections
  /// Requests that have begun and are not answered, on one event loop.
  public var requestsInFlight = IngestLimits.maximumRequestsInFlight
  /// Memory of bodies that are not whole yet, on one event loop, in bytes.
  public var bytesInFlight = IngestLimits.maximumBytesInFlight
  public var headMilliseconds = IngestLimits.headMilliseconds
  public var stallMilliseconds = IngestLimits.stallMilliseconds
  public var requestMilliseconds = IngestLimits.requestMilliseconds
  public var idleMilliseconds = IngestLimits.idleMilliseconds

  public init() {}

  /// Says how long a body may be; compressed ones keep their share of it.
  public mutating func setBodyBytes(_ count: Int) {
    bodyBytes = count
    compressedBytes = min(
      count, max(count / (IngestLimits.maximumBodyBytes / IngestLimits.maximumCompressedBytes), 1))
  }
}
