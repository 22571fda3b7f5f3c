import NIOCore

/// The requests of one HTTP/1.1 connection, one after the other: what arrives goes in, what to do
/// comes out.
///
/// ```
/// idle ──> body ──(end)──> answered ──> idle
///   └──> refused: the body is read to its end and dropped, then answered
///           └── too long, of any request: answered at once, the rest dropped, then closed
/// ```
///
/// A pure value: no sockets, no time.
struct HTTPRequestMachine {
  /// What to do about an event.
  enum Action: Equatable {
    /// More has to arrive first.
    case wait
    /// Tell the peer to send its body (100 Continue).
    case proceed
    /// The request is here whole.
    case call(HTTPRoute, ByteBuffer, ContentEncoding)
    /// Answer without a call.
    case answer(HTTPAnswer)
    /// There is nothing left to wait for on this connection.
    case close
  }

  enum State: Equatable { case idle, body, refused(HTTPAnswer), draining, answered }

  private(set) var state = State.idle
  private let maximumBytes: Int
  private let maximumCompressedBytes: Int
  private let security: ListenerSecurity
  private var route = HTTPRoute.health
  private var encoding = ContentEncoding.identity
  /// The encoding of the request under way, and of its answer.
  private(set) var format = HTTPFormat.protobuf
  private var body = ByteBuffer()
  /// Bytes of a body that nobody wants: before its answer, then behind it.
  private var dropped = 0
  /// Whether the connection stays open behind the answer.
  private(set) var keepsAlive = true

  init(
    maximumBytes: Int = IngestLimits.maximumBodyBytes,
    maximumCompressedBytes: Int = IngestLimits.maximumCompressedBytes,
    security: ListenerSecurity = .none
  ) {
    self.security = security
    self.maximumBytes = maximumBytes
    self.maximumCompressedBytes = maximumCompressedBytes
  }

  // MARK: - What arrives

  /// The head of the next request.
  mutating func receiveHead(
    _ head: HTTPRequestHead, buffers: inout BodyBuffers
  ) -> Action {
    guard state == .idle else { return .wait }
    keepsAlive = head.isKeepAlive
    dropped = 0
    if let refusal = check(head) {
      // A peer that waits for permission is answered at once, and may send the body all the same. So
      // is one whose body is too long: what it did wrong first is what it is told.
      if head.expectsContinue || (head.contentLength ?? 0) > maximumBytes {
        return answerEarly(refusal)
      }
      state = .refused(refusal)
      return .wait
    }
    if let length = head.contentLength, length > limit { return answerEarly(tooLong(length)) }
    state = .body
    // A body without a length begins small.
    body = head.contentLength == 0 ? ByteBuffer() : buffers.take(head.contentLength ?? 4_096)
    return head.expectsContinue ? .proceed : .wait
  }

  /// Bytes of the body, in any portions.
  mutating func receiveBody(_ part: ByteBuffer) -> Action {
    switch state {
    case .body:
      guard body.readableBytes + part.readableBytes <= limit else {
        return answerEarly(tooLong(body.readableBytes + part.readableBytes))
      }
      var part = part
      body.writeBuffer(&part)
      return .wait
    case .refused(let refusal):
      dropped += part.readableBytes
      return dropped > maximumBytes ? answerEarly(refusal) : .wait
    case .draining:
      dropped += part.readableBytes
      return dropped > IngestLimits.maximumDrainedBytes ? .close : .wait
    case .idle, .answered: return .wait
    }
  }

  /// The end of the request.
  mutating func receiveEnd() -> Action {
    switch state {
    case .body:
      state = .answered
      let whole = body
      body = ByteBuffer()
      return .call(route, whole, encoding)
    case .refused(let answer):
      state = .answered
      return .answer(answer)
    case .draining: return .close
    case .idle, .answered: return .wait
    }
  }

  /// The answer was written; says whether to close behind it.
  mutating func answered() -> Action {
    guard state == .answered else { return .wait }
    state = .idle
    return keepsAlive ? .wait : .close
  }

  /// Gives up what is under way, with an answer why; nothing more is taken on this connection.
  mutating func giveUp(_ status: GRPCStatus) -> Action {
    guard state != .draining else { return .close }
    return answerEarly(.error(status, as: format))
  }

  /// Memory that the body under way takes, in bytes.
  var heldBytes: Int { state == .body ? body.capacity : 0 }

  /// Whether a request was answered before it was whole, and the rest of it is dropped.
  var isDraining: Bool { state == .draining }

  /// Whether the rest of a request has to arrive.
  var isReceiving: Bool { state != .idle && state != .answered }

  /// No more than the request under way is to be served.
  mutating func stop() -> Action {
    keepsAlive = false
    return state == .idle ? .close : .wait
  }

  // MARK: - Details

  private var limit: Int { encoding == .identity ? maximumBytes : maximumCompressedBytes }

  /// Answers before the body is through, and takes nothing more on this connection.
  private mutating func answerEarly(_ answer: HTTPAnswer) -> Action {
    state = .draining
    keepsAlive = false
    dropped = 0
    body = ByteBuffer()
    return .answer(answer)
  }

  /// Why a head is refused, or nil; sets what the body is for.
  private mutating func check(_ head: HTTPRequestHead) -> HTTPAnswer? {
    let format = HTTPFormat(contentType: head.contentType)
    self.format = format ?? .protobuf
    encoding = .identity
    guard let route = HTTPRoute(path: head.path) else {
      return refusal(
        404, .unimplemented,
        "no such path: \(head.path); OTLP goes to /v1/traces, /v1/logs or /v1/metrics")
    }
    if head.method == "OPTIONS", let origin = head.origin, head.requestedMethod != nil {
      self.route = .preflight(requestedHeaders: head.requestedHeaders)
      return LocalOrigin.contains(origin)
        ? nil : refusal(403, .permissionDenied, "pages of \(origin) may not send to this machine")
    }
    guard route.allows(head.method) else {
      var answer = refusal(
        405, .unimplemented, "\(head.path) takes \(route.allow), not \(head.method)")
      answer.allow = route.allow
      return answer
    }
    self.route = route
    // Probes have no token, and learn nothing but that somebody is there.
    if route != .health, let status = security.refusal(authorization: head.authorization) {
      return .error(status, as: self.format)
    }
    guard case .export = route else { return nil }
    guard format != nil else {
      let found = head.contentType.map { "\"\($0)\"" } ?? "none"
      return refusal(
        415, .invalidArgument,
        "expected content-type \(HTTPFormat.protobuf.rawValue) or \(HTTPFormat.json.rawValue), "
          + "found \(found)")
    }
    guard let encoding = ContentEncoding(header: head.contentEncoding) else {
      var answer = refusal(
        415, .unimplemented,
        "content-encoding \(head.contentEncoding ?? "") is not supported; "
          + "send one of \(ContentEncoding.accepted)")
      answer.acceptEncoding = ContentEncoding.accepted
      return answer
    }
    self.encoding = encoding
    return nil
  }

  private func refusal(
    _ status: Int, _ code: GRPCStatus.Code, _ message: String
  ) -> HTTPAnswer {
    .error(status, code, message, as: format)
  }

  private func tooLong(_ length: Int) -> HTTPAnswer {
    let what = encoding == .identity ? "a body" : "a compressed body"
    return refusal(
      413, .resourceExhausted, "\(what) of \(length) bytes or more is longer than \(limit)")
  }
}
