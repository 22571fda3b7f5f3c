import NIOCore

/// One call as its server sees it: what arrives on an HTTP/2 stream goes in, what to do comes out.
///
/// ```
/// head ──> prefix ──> message ──> whole ──(end of stream)──> answering ──> closed
///   └─────────┴──────────┴──────────┴── anything wrong ──> refused (what still arrives is dropped)
/// ```
///
/// A pure value: no sockets, no time. Every call has one request message, and one or many answers.
/// Protocol: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
struct GRPCRequestMachine {
  /// What to do about an event.
  enum Action: Equatable {
    /// More has to arrive first.
    case wait
    /// The request is here whole.
    case call(GRPCMethod, ByteBuffer, ContentEncoding)
    /// Answer with headers that are trailers too; `isPeerSending` says whether to stop the peer.
    case refuse(GRPCStatus, isPeerSending: Bool)
    /// Not gRPC at all: a bare HTTP status (415, 405) and a line for `grpc-message`.
    case refuseHTTP(Int, GRPCStatus, isPeerSending: Bool)
  }

  /// What precedes or replaces a message that the call's handler wants to send.
  enum Send: Equatable { case headersAndMessage, message, nothing }
  /// The form in which the end of the call is told.
  enum Finish: Equatable { case trailersOnly, trailers, nothing }

  enum State: Equatable { case head, prefix, message, whole, answering, streaming, refused, closed }

  private(set) var state = State.head
  private let maximumBytes: Int
  private let maximumCompressedBytes: Int
  private var method = GRPCMethod.exportTraces
  private var encoding = ContentEncoding.identity
  private var isCompressed = false
  /// The prefix's bytes that have arrived, big-endian, and how many they are.
  private var prefix: UInt64 = 0
  private var prefixCount = 0
  /// The announced length of the message.
  private var length = 0
  private var body = ByteBuffer()

  /// The prefix of a message: a flag, and the length as a 32-bit big-endian number.
  static let prefixBytes = 5

  init(
    maximumBytes: Int = IngestLimits.maximumBodyBytes,
    maximumCompressedBytes: Int = IngestLimits.maximumCompressedBytes
  ) {
    self.maximumBytes = maximumBytes
    self.maximumCompressedBytes = maximumCompressedBytes
  }

  // MARK: - What arrives

  /// The request's headers.
  mutating func receiveHead(_ head: GRPCRequestHead, isLast: Bool) -> Action {
    guard state == .head else { return receiveEnd() }
    guard head.method == "POST" else {
      return refuseHTTP(405, "gRPC calls are POST, not \(head.method)", isLast: isLast)
    }
    guard let contentType = head.contentType, Self.isGRPC(contentType) else {
      let found = head.contentType.map { "\"\($0)\"" } ?? "none"
      return refuseHTTP(
        415, "expected content-type application/grpc, found \(found)", isLast: isLast)
    }
    if let te = head.te, te != "trailers" {
      return refuse(.internal, "expected te: trailers, found \"\(te)\"", isLast: isLast)
    }
    guard let method = GRPCMethod(path: head.path) else {
      state = .refused
      return .refuse(GRPCMethod.unimplemented(head.path), isPeerSending: !isLast)
    }
    guard let encoding = ContentEncoding(header: head.encoding) else {
      let found = head.encoding ?? ""
      return refuse(
        .unimplemented,
        "grpc-encoding \(found) is not supported; send one of \(ContentEncoding.accepted)",
        isLast: isLast)
    }
    self.method = method
    self.encoding = encoding
    state = .prefix
    return isLast ? receiveEnd() : .wait
  }

  /// Bytes of the request, in any portions.
  ///
  /// A short message that is whole in `data` is a part of it; any other is collected in a buffer
  /// that
  /// is taken from `buffers` and that whoever handles the call gives back.
  mutating func receiveData(
    _ data: ByteBuffer, isLast: Bool, buffers: inout BodyBuffers
  ) -> Action {
    var data = data
    if state == .prefix {
      if let refusal = receivePrefix(&data, isLast: isLast) { return refusal }
      if state == .message {
        if length <= IngestLimits.copiedBytes, let short = data.readSlice(length: length) {
          body = short
          state = .whole
        } else {
          body = buffers.take(length)
        }
      }
    }
    if state == .message, data.readableBytes > 0 {
      let count = min(length - body.readableBytes, data.readableBytes)
      if var part = data.readSlice(length: count) { body.writeBuffer(&part) }
      if body.readableBytes == length { state = .whole }
    }
    if state == .whole, data.readableBytes > 0 {
      return refuse(
        .internal, "the request has \(data.readableBytes) bytes after its only message",
        isLast: isLast)
    }
    return isLast ? receiveEnd() : .wait
  }

  /// The end of the request, with the last data or as trailers.
  mutating func receiveEnd() -> Action {
    switch state {
    case .whole:
      state = method.isStreaming ? .streaming : .answering
      let message = body
      body = ByteBuffer()
      return .call(method, message, isCompressed ? encoding : .identity)
    case .prefix:
      return refuse(.internal, "the request ended before its message", isLast: true)
    case .message:
      let found = body.readableBytes
      return refuse(
        .internal, "the request ended after \(found) of \(length) bytes", isLast: true)
    case .head, .answering, .streaming, .refused, .closed:
      return .wait
    }
  }

  /// The stream is gone, whoever broke it off.
  mutating func receiveClose() {
    state = .closed
    body = ByteBuffer()
  }

  /// Gives the request up before it is whole.
  mutating func giveUp(_ status: GRPCStatus, isPeerSending: Bool = true) -> Action {
    state = .refused
    body = ByteBuffer()
    return .refuse(status, isPeerSending: isPeerSending)
  }

  /// Memory that the message under way takes, in bytes.
  var heldBytes: Int { state == .message ? body.capacity : 0 }

  /// Bytes of the message that are here.
  var collectedBytes: Int { prefixCount + body.readableBytes }

  /// Whether the rest of the request has to arrive.
  var isReceiving: Bool { state == .prefix || state == .message || state == .whole }

  /// Bytes of the message that have not arrived yet; what the stream's window has to let through.
  var missingBytes: Int {
    switch state {
    case .prefix: Self.prefixBytes
    case .message: length - body.readableBytes
    default: 0
    }
  }

  // MARK: - What is answered

  private var isOpened = false

  /// A message is about to be sent.
  mutating func send() -> Send {
    guard state == .answering || state == .streaming else { return .nothing }
    defer { isOpened = true }
    return isOpened ? .message : .headersAndMessage
  }

  /// The call is about to be ended.
  mutating func finish() -> Finish {
    guard state == .answering || state == .streaming else { return .nothing }
    state = .closed
    return isOpened ? .trailers : .trailersOnly
  }

  // MARK: - Details

  /// Reads what there is of the five bytes before the message; a refusal if they are not
  /// acceptable.
  private mutating func receivePrefix(_ data: inout ByteBuffer, isLast: Bool) -> Action? {
    while prefixCount < Self.prefixBytes, let byte: UInt8 = data.readInteger() {
      prefix = prefix << 8 | UInt64(byte)
      prefixCount += 1
    }
    guard prefixCount == Self.prefixBytes else { return nil }
    length = Int(prefix & 0xFFFF_FFFF)
    let flag = prefix >> 32
    guard flag <= 1 else {
      return refuse(.internal, "the message's compressed flag is \(flag)", isLast: isLast)
    }
    isCompressed = flag == 1
    guard !isCompressed || encoding != .identity else {
      return refuse(
        .internal, "the message is compressed, but there is no grpc-encoding", isLast: isLast)
    }
    let maximum = isCompressed ? maximumCompressedBytes : maximumBytes
    guard length <= maximum else {
      let what = isCompressed ? "compressed message" : "message"
      return refuse(
        .resourceExhausted, "a \(what) of \(length) bytes is longer than \(maximum)",
        isLast: isLast)
    }
    state = .message
    return nil
  }

  private mutating func refuse(_ code: GRPCStatus.Code, _ message: String, isLast: Bool) -> Action {
    state = .refused
    body = ByteBuffer()
    return .refuse(GRPCStatus(code, message), isPeerSending: !isLast)
  }

  private mutating func refuseHTTP(_ status: Int, _ message: String, isLast: Bool) -> Action {
    state = .refused
    return .refuseHTTP(status, GRPCStatus(.unknown, message), isPeerSending: !isLast)
  }

  /// `application/grpc`, alone or with a `+proto` or parameters behind it; `+json` is something
  /// else.
  private static func isGRPC(_ contentType: String) -> Bool {
    if contentType == "application/grpc" { return true }
    let type = contentType.split(separator: ";", maxSplits: 1).first ?? ""
    return type == "application/grpc" || type == "application/grpc+proto"
  }
}

extension GRPCMethod {
  /// Whether a call may be answered with many messages.
  var isStreaming: Bool { self == .watch || self == .healthWatch }
}
