import NIOCore

/// One call as its client sees it: what arrives on an HTTP/2 stream goes in, messages and the
/// status come out.
///
/// A pure value. After each event ``next()`` is asked until it says `wait` or `end`.
struct GRPCResponseMachine {
  enum Step: Equatable {
    /// Nothing more until more arrives.
    case wait
    case message(ByteBuffer)
    /// The call is over; said once.
    case end(GRPCStatus)
  }

  /// What the response's headers or trailers say.
  struct Head: Equatable {
    /// `:status`; nil in trailers.
    var httpStatus: String?
    var contentType: String?
    var grpcStatus: String?
    var grpcMessage: String?
    /// `grpc-status-details-bin`
    var grpcDetails: String?
    /// `retry-after`, as a proxy says it that answers in the server's place
    var retryAfter: String?
  }

  private enum State { case head, messages, ended }

  private var state = State.head
  private let maximumBytes: Int
  /// What has arrived and was not looked at.
  private var input = ByteBuffer()
  private var prefix: UInt64 = 0
  private var prefixCount = 0
  private var body: ByteBuffer?
  private var length = 0
  private var ending: GRPCStatus?

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  // MARK: - What arrives

  mutating func receiveHead(_ head: Head, isLast: Bool) {
    if state == .head {
      state = .messages
      if let status = head.httpStatus, status != "200" {
        end(head.status(ofHTTP: status))
      } else if head.grpcStatus == nil, head.contentType?.hasPrefix("application/grpc") != true {
        end(GRPCStatus(.unknown, "the server does not speak gRPC"))
      }
    }
    if let code = head.grpcStatus {
      var status = GRPCStatus(code: code, encodedMessage: head.grpcMessage)
      status.retryDelayMilliseconds = head.grpcDetails.flatMap(ExportResponse.retryDelay)
      end(status)
    } else if isLast {
      end(GRPCStatus(.internal, "the answer ended without a status"))
    }
  }

  /// Bytes of messages, in any portions.
  mutating func receiveData(_ data: ByteBuffer, isLast: Bool) {
    if input.readableBytes == 0 {
      input = data
    } else {
      var data = data
      input.writeBuffer(&data)
    }
    if isLast { end(GRPCStatus(.internal, "the answer ended without a status")) }
  }

  /// The stream or its connection is gone.
  mutating func receiveClose(_ status: GRPCStatus) { end(status) }

  private mutating func end(_ status: GRPCStatus) { ending = ending ?? status }

  // MARK: - What comes out

  mutating func next() -> Step {
    guard state != .ended else { return .wait }
    if let failure = readPrefix() {
      state = .ended
      return .end(failure)
    }
    if let message = readMessage() { return .message(message) }
    guard let ending else { return .wait }
    state = .ended
    return .end(ending)
  }

  private mutating func readPrefix() -> GRPCStatus? {
    guard body == nil else { return nil }
    while prefixCount < GRPCRequestMachine.prefixBytes, let byte: UInt8 = input.readInteger() {
      prefix = prefix << 8 | UInt64(byte)
      prefixCount += 1
    }
    guard prefixCount == GRPCRequestMachine.prefixBytes else { return nil }
    guard prefix >> 32 == 0 else {
      return GRPCStatus(.internal, "the server sent a compressed message, which was not offered")
    }
    length = Int(prefix & 0xFFFF_FFFF)
    guard length <= maximumBytes else {
      return GRPCStatus(
        .resourceExhausted, "the server sent a message of \(length) bytes, over \(maximumBytes)")
    }
    prefix = 0
    body = ByteBufferAllocator().buffer(
      capacity: length <= input.readableBytes ? 0 : min(length, IngestLimits.maximumReservedBytes))
    return nil
  }

  private mutating func readMessage() -> ByteBuffer? {
    guard var body else { return nil }
    self.body = nil
    if body.readableBytes == 0, let whole = input.readSlice(length: length) {
      prefixCount = 0
      return whole
    }
    let count = min(length - body.readableBytes, input.readableBytes)
    if var part = input.readSlice(length: count) { body.writeBuffer(&part) }
    guard body.readableBytes == length else {
      self.body = body
      return nil
    }
    prefixCount = 0
    return body
  }
}
