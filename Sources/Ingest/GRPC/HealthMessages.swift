import Store

/// The messages of grpc.health.v1: `HealthCheckRequest { service = 1 }`, `HealthCheckResponse {
/// status = 1 }`.
enum HealthMessages {
  /// `HealthCheckResponse.ServingStatus`, as far as it is used.
  enum ServingStatus: UInt64 {
    case serving = 1
    case serviceUnknown = 3
  }

  static func service(_ body: MessageBytes) throws(WireError) -> String {
    unsafe try body.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> String in
      var reader = unsafe WireReader(WireBytes(bytes))
      var service = ""
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: service = try reader.bytes().text
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return service
    }
  }

  static func response(_ status: ServingStatus) -> [UInt8] {
    var writer = WireWriter()
    writer.varint(1, status.rawValue)
    return writer.bytes
  }
}

/// A feed that never has anything: a stream that stays open until one side ends it.
final class SilentFeed: WatchFeed {
  func next() -> WatchStep { .wait }
  func cancel() {}
}
