import Store

/// The bodies of Export responses. The three signals number their fields alike.
enum ExportResponse {
  /// `ExportTraceServiceResponse` and its like: empty for success, or the partial success of OTLP.
  ///
  /// partial_success = 1 { rejected_… = 1, error_message = 2 }
  static func body(of outcome: ExportOutcome) -> [UInt8] {
    guard case .partial(_, let rejected, let reason) = outcome else { return [] }
    var writer = WireWriter()
    writer.message(1) { (writer: inout WireWriter) in
      writer.varint(1, UInt64(max(0, rejected)))
      writer.string(2, reason)
    }
    return writer.bytes
  }

  /// `google.rpc.Status`, the body of an error over HTTP: code = 1, message = 2, details = 3.
  ///
  /// A status with a delay has one detail: an `Any` { type_url = 1, value = 2 } of a
  /// `google.rpc.RetryInfo` { retry_delay = 1 { seconds = 1, nanos = 2 } }.
  static func status(_ status: GRPCStatus) -> [UInt8] {
    var writer = WireWriter()
    writer.varint(1, UInt64(status.code.rawValue))
    writer.string(2, status.message)
    guard let delay = status.retryDelayMilliseconds else { return writer.bytes }
    writer.message(3) { (writer: inout WireWriter) in
      writer.string(1, retryInfoType)
      writer.message(2) { (writer: inout WireWriter) in
        writer.message(1) { (writer: inout WireWriter) in
          writer.varint(1, UInt64(delay / 1_000))
          writer.varint(2, UInt64(delay % 1_000 * 1_000_000))
        }
      }
    }
    return writer.bytes
  }

  /// The value of `grpc-status-details-bin`: the status in base64 without padding, which gRPC asks
  /// senders to leave out.
  static func details(of status: GRPCStatus) -> String {
    let padded = JSONText.base64(self.status(status))
    return String(padded.prefix { $0 != "=" })
  }

  static let retryInfoType = "type.googleapis.com/google.rpc.RetryInfo"

  /// The delay that a `grpc-status-details-bin` asks for, in milliseconds; nil where it says none.
  static func retryDelay(inDetails text: String) -> Int? {
    let bytes = Array(text.utf8)
    let decoded = unsafe [UInt8](unsafeUninitializedCapacity: bytes.count) { room, count in
      // Safe: base64 decodes to less than it is long; an empty room is never written.
      let length = unsafe bytes.withUnsafeBytes { bytes in
        unsafe room.baseAddress.flatMap { unsafe Base64.decode(WireBytes(bytes), into: $0) }
      }
      count = length ?? 0
    }
    do throws(WireError) {
      for detail in try MessageBytes(decoded).fields(3) {
        guard try detail.field(1).elementsEqual(retryInfoType.utf8) else { continue }
        let delay = MessageBytes(try MessageBytes(try detail.field(2)).field(1))
        let (seconds, nanos) = (try delay.varint(1), try delay.varint(2))
        return Int(clamping: min(seconds, 1 << 20) * 1_000 + min(nanos, 999_999_999) / 1_000_000)
      }
    } catch {
      return nil
    }
    return nil
  }

  /// What an `ExportTraceServiceResponse` says was refused.
  static func partialSuccess(
    in response: MessageBytes
  ) throws(WireError) -> (rejected: Int, reason: String) {
    unsafe try response.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> (rejected: Int, reason: String) in
      var reader = unsafe WireReader(WireBytes(bytes))
      var result = (rejected: 0, reason: "")
      while !reader.isAtEnd {
        let tag = try reader.tag()
        guard tag == 1 << 3 | 2 else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
          continue
        }
        var inner = reader.nested(try reader.bytes())
        while !inner.isAtEnd {
          switch try inner.tag() {
          case 1 << 3: result.rejected = Int(truncatingIfNeeded: try inner.varint())
          case 2 << 3 | 2: result.reason = try inner.bytes().text
          case let tag: try inner.skip(tag, depth: WireReader.maximumDepth)
          }
        }
      }
      return result
    }
  }
}

extension MessageBytes {
  /// All length-delimited fields of this number.
  func fields(_ number: UInt32) throws(WireError) -> [MessageBytes] {
    unsafe try withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> [MessageBytes] in
      var reader = unsafe WireReader(WireBytes(bytes))
      var found: [MessageBytes] = []
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if tag == number << 3 | 2 {
          found.append(MessageBytes(try reader.bytes().array))
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return found
    }
  }

  /// The last varint field of this number; zero where there is none.
  func varint(_ number: UInt32) throws(WireError) -> UInt64 {
    unsafe try withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(WireError) -> UInt64 in
      var reader = unsafe WireReader(WireBytes(bytes))
      var found: UInt64 = 0
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if tag == number << 3 {
          found = try reader.varint()
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return found
    }
  }

  /// The last length-delimited field of this number; empty where there is none.
  func field(_ number: UInt32) throws(WireError) -> [UInt8] {
    try fields(number).last?.bytes ?? []
  }
}
