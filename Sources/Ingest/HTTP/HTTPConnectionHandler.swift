import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: feeds its machine and does what it says.
///
/// Every call is answered before the next request is looked at, so answers are in the order of
/// requests. What is read while an answer waits for the journal is kept until then: what one read
/// brought, for the connection is not read from meanwhile.
final class HTTPConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  let loop: LoopState
  var machine: HTTPRequestMachine
  /// Set while the handler is in a pipeline.
  var context: ChannelHandlerContext?
  /// What ``LoopState/hold(_:before:)`` was told of the body under way.
  private var heldBytes = 0
  /// Whether the request under way counts among those in flight.
  private var isCounted = false
  var times = HTTPConnectionTimes()
  /// Whether the request under way is a HEAD, whose answer has no body.
  private var isHead = false
  private var version = HTTPVersion.http1_1
  /// The page of this machine that the request under way comes from; it may read the answer.
  private var origin: String?
  private(set) var isClosing = false
  /// Whether the answer to a request waits for the journal.
  private(set) var isAnswerPending = false
  private var isReading = true
  /// What was read behind that request.
  private var backlog = CircularBuffer<HTTPServerRequestPart>()
  /// Whether what was read behind that request is not HTTP.
  private var isBroken = false

  init(loop: LoopState) {
    self.loop = loop
    machine = HTTPRequestMachine(
      maximumBytes: loop.limits.bodyBytes, maximumCompressedBytes: loop.limits.compressedBytes,
      security: loop.security)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    loop.timer.add(self)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.timer.remove(self)
    finishCounting()
    context.fireChannelInactive()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    noteRead()
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writabilityChanged(context)
    context.fireChannelWritabilityChanged()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    times.hasDecoded = true
    guard !isAnswerPending else {
      backlog.append(unwrapInboundIn(data))
      updateReading(context)
      return
    }
    take(unwrapInboundIn(data), context)
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      isHead = head.method == .HEAD
      version = head.version
      let head = HTTPRequestHead(head)
      origin = head.origin.flatMap { LocalOrigin.contains($0) ? $0 : nil }
      begin(head, context)
    case .body(let part):
      let action = machine.receiveBody(part)
      if let status = loop.hold(machine.heldBytes, before: &heldBytes) {
        perform(machine.giveUp(status), context)
      } else {
        perform(action, context)
      }
    case .end: perform(machine.receiveEnd(), context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    if !isCounted { loop.requestsInFlight += 1 }
    isCounted = true
    let action = machine.receiveHead(head, buffers: &loop.buffers)
    // One that is answered already is under way no more.
    if let status = loop.overload(), machine.isReceiving, !machine.isDraining {
      perform(machine.giveUp(status), context)
    } else {
      perform(action, context)
    }
  }

  /// The request under way is answered, or never will be.
  private func finishCounting() {
    if isCounted { loop.requestsInFlight -= 1 }
    isCounted = false
    _ = loop.hold(0, before: &heldBytes)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Not HTTP: say so if a request is not being answered already, and hang up.
    if isAnswerPending {
      isBroken = true
      return
    }
    // A sender that left in the middle of a request sent nothing malformed, and nobody reads an answer;
    // behind one that came early there is no second refusal of the same request.
    let isMalformed =
      (error as? HTTPParserError).map { $0 != .invalidEOFState && !machine.isDraining } ?? false
    if isMalformed, !isClosing {
      loop.service.refused(Refusal(.malformed, "not HTTP/1.1"))
      write(
        .error(400, .invalidArgument, "not a valid HTTP/1.1 request"), keepsAlive: false, context)
    }
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ServerStopping { perform(machine.stop(), context) }
  }

  func perform(_ action: HTTPRequestMachine.Action, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: break
    case .proceed:
      let head = HTTPResponseHead(version: version, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    case .call(let route, let body, let encoding):
      call(route, body, encoding, context)
    case .answer(let refusal):
      loop.service.refused(refusal.refusal)
      answer(refusal, context)
    case .close:
      isClosing = true
      context.close(promise: nil)
    }
  }

  private func answer(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
    write(answer, keepsAlive: machine.keepsAlive, context)
    finishCounting()
    perform(machine.answered(), context)
  }

  // MARK: - Calls

  private func call(
    _ route: HTTPRoute, _ body: ByteBuffer, _ encoding: ContentEncoding,
    _ context: ChannelHandlerContext
  ) {
    switch route {
    case .health: answer(.text(Array("ok\n".utf8)), context)
    case .metrics:
      let text = loop.service.metrics().bytes
      answer(.text(text, "text/plain; version=0.0.4; charset=utf-8"), context)
    case .preflight(let requestedHeaders): answer(.preflight(requestedHeaders), context)
    case .export(let signal):
      let outcome = export(body, encoding, of: signal)
      guard outcome.status == 200 else { return answer(outcome, context) }
      isAnswerPending = true
      loop.answer(signal, on: self) { [self] in
        isAnswerPending = false
        // The peer may have gone by then.
        if let context = self.context { answer(outcome, context) }
      }
    }
  }

  /// Goes on with what was read while an answer waited.
  private func takeBacklog(_ context: ChannelHandlerContext) {
    while !isAnswerPending, !isClosing, let part = backlog.popFirst() { take(part, context) }
    updateReading(context)
    // The next request has begun behind the answer: its body is waited for from now on.
    if machine.isReceiving { noteRead() }
    if isBroken, !isAnswerPending, !isClosing { context.close(promise: nil) }
  }

  /// Reads on only while answers are taken and nothing that was read has to wait.
  func updateReading(_ context: ChannelHandlerContext) {
    let isWanted = context.channel.isWritable && backlog.isEmpty
    guard isWanted != isReading else { return }
    isReading = isWanted
    try? context.channel.syncOptions?.setOption(.autoRead, value: isWanted)
  }

  private func export(
    _ body: ByteBuffer, _ encoding: ContentEncoding, of signal: Signal
  ) -> HTTPAnswer {
    let format = machine.format
    let outcome: ExportOutcome
    do throws(CompressionError) {
      outcome = try loop.export(body, encoding, of: signal, in: format)
    } catch {
      return .error(GRPCStatus(error), as: format)
    }
    if let status = outcome.status { return .error(status, as: format) }
    let answer =
      format == .json ? ExportResponse.json(of: outcome, signal) : ExportResponse.body(of: outcome)
    return .message(answer, as: format)
  }

  // MARK: - Answers

  private func write(_ answer: HTTPAnswer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
    let headers = headers(of: answer, keepsAlive: keepsAlive)
    let head = HTTPResponseHead(
      version: version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !answer.body.isEmpty, !isHead {
      let body = ByteBuffer(bytes: answer.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func headers(of answer: HTTPAnswer, keepsAlive: Bool) -> HTTPHeaders {
    var headers = HTTPHeaders()
    headers.reserveCapacity(4)
    if let type = answer.contentType {
      headers.add(name: "Content-Type", value: type)
      headers.add(name: "Content-Length", value: String(answer.body.count))
    }
    if !keepsAlive { headers.add(name: "Connection", value: "close") }
    if answer.status == 401 { headers.add(name: "WWW-Authenticate", value: "Bearer") }
    if let allow = answer.allow { headers.add(name: "Allow", value: allow) }
    if let accept = answer.acceptEncoding { headers.add(name: "Accept-Encoding", value: accept) }
    if let seconds = answer.retryAfterSeconds {
      headers.add(name: "Retry-After", value: String(seconds))
    }
    guard let origin else { return headers }
    headers.add(name: "Access-Control-Allow-Origin", value: origin)
    headers.add(name: "Vary", value: "Origin")
    if let allowed = answer.allowedHeaders {
      headers.add(name: "Access-Control-Allow-Methods", value: "POST, GET, HEAD")
      headers.add(name: "Access-Control-Allow-Headers", value: allowed)
      headers.add(name: "Access-Control-Max-Age", value: "86400")
    } else {
      // What a page may not read otherwise, and an exporter in one has to know.
      headers.add(name: "Access-Control-Expose-Headers", value: "Retry-After")
    }
    return headers
  }
}

extension HTTPConnectionHandler: AnsweringConnection {
  func flushAnswers() {
    guard let context else { return }
    takeBacklog(context)
  }
}

extension HTTPRequestHead {
  /// Reads what matters from a parsed head.
  init(_ head: NIOHTTP1.HTTPRequestHead) {
    method = head.method.rawValue
    path = Self.path(of: head.uri)
    isKeepAlive = head.isKeepAlive
    for (name, field) in head.headers {
      let value = field.withoutBlanks
      // Lengths tell the names apart before letters are folded.
      switch name.utf8.count {
      case 6 where name.lowercased() == "origin": origin = value
      case 6 where name.lowercased() == "expect":
        expectsContinue = value.lowercased() == "100-continue"
      case 12 where name.lowercased() == "content-type": contentType = value
      case 13 where name.lowercased() == "authorization": authorization = value
      case 14 where name.lowercased() == "content-length": contentLength = Int(value)
      case 16 where name.lowercased() == "content-encoding": contentEncoding = value
      case 29 where name.lowercased() == "access-control-request-method": requestedMethod = value
      case 30 where name.lowercased() == "access-control-request-headers": requestedHeaders = value
      default: break
      }
    }
  }

  /// The path of a request's target without its query. A target in absolute form, as proxies are asked,
  /// is to be taken by every server, whatever host it names (RFC 9112 3.2.2).
  private static func path(of target: String) -> String {
    var path = target.prefix { $0 != "?" }
    let scheme = path.prefix { $0 != ":" }
    let rest = path.dropFirst(scheme.count)
    if rest.hasPrefix("://"), ["http", "https"].contains(scheme.lowercased()) {
      path = rest.dropFirst(3).drop { $0 != "/" }
      if path.isEmpty { path = "/" }
    }
    return String(path)
  }
}

extension String {
  /// The value of a header without the blanks around it, which are no part of it (RFC 9110 5.5). The
  /// parser leaves those at its end.
  fileprivate var withoutBlanks: String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else {
      return self
    }
    let trimmed = Substring(self).utf8.drop(while: isBlank)
    let count = trimmed.reversed().prefix(while: isBlank).count
    return String(Substring(trimmed.dropLast(count)))
  }
}
