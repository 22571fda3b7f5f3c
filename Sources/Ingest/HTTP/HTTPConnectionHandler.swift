import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection: feeds its machine and does what it says.
///
/// Every call is answered before the next bytes are looked at, so answers are in the order of
/// requests
/// without a queue.
final class HTTPConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let loop: LoopState
  private var machine = HTTPRequestMachine()
  /// Whether the request under way is a HEAD, whose answer has no body.
  private var isHead = false
  private var version = HTTPVersion.http1_1
  private var isClosing = false

  init(loop: LoopState) { self.loop = loop }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      isHead = head.method == .HEAD
      version = head.version
      perform(machine.receiveHead(HTTPRequestHead(head), buffers: &loop.buffers), context)
    case .body(let part): perform(machine.receiveBody(part), context)
    case .end: perform(machine.receiveEnd(), context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Not HTTP: say so if a request is not being answered already, and hang up.
    if error is HTTPParserError, !isClosing {
      loop.service.refused("not HTTP/1.1")
      write(
        .error(400, .invalidArgument, "not a valid HTTP/1.1 request"), keepsAlive: false, context)
    }
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ServerStopping { perform(machine.stop(), context) }
  }

  private func perform(_ action: HTTPRequestMachine.Action, _ context: ChannelHandlerContext) {
    switch action {
    case .wait: break
    case .proceed:
      let head = HTTPResponseHead(version: version, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    case .call(let route, let body, let encoding):
      answer(call(route, body, encoding), context)
    case .answer(let refusal):
      loop.service.refused("HTTP \(refusal.status)")
      answer(refusal, context)
    case .close:
      isClosing = true
      context.close(promise: nil)
    }
  }

  private func answer(_ answer: HTTPAnswer, _ context: ChannelHandlerContext) {
    write(answer, keepsAlive: machine.keepsAlive, context)
    perform(machine.answered(), context)
  }

  // MARK: - Calls

  private func call(
    _ route: HTTPRoute, _ body: ByteBuffer, _ encoding: ContentEncoding
  ) -> HTTPAnswer {
    guard case .export(let signal) = route else { return .text("ok\n") }
    let outcome: ExportOutcome
    do throws(CompressionError) {
      outcome = try loop.export(body, encoding, of: signal)
    } catch {
      let status = GRPCStatus(error)
      let code =
        switch error {
        case .tooLong: 413
        case .malformed: 400
        case .outOfMemory: 503
        }
      return .error(code, status.code, status.message)
    }
    return switch outcome {
    case .accepted, .partial: .message(ExportResponse.body(of: outcome))
    case .malformed(let reason): .error(400, .invalidArgument, reason)
    case .overloaded(let reason): .error(503, .unavailable, reason)
    }
  }

  // MARK: - Answers

  private func write(_ answer: HTTPAnswer, keepsAlive: Bool, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders()
    headers.reserveCapacity(4)
    headers.add(name: "Content-Type", value: answer.contentType)
    headers.add(name: "Content-Length", value: String(answer.body.count))
    if !keepsAlive { headers.add(name: "Connection", value: "close") }
    if let allow = answer.allow { headers.add(name: "Allow", value: allow) }
    if let accept = answer.acceptEncoding { headers.add(name: "Accept-Encoding", value: accept) }
    let head = HTTPResponseHead(
      version: version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !answer.body.isEmpty, !isHead {
      let body = ByteBuffer(bytes: answer.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

extension HTTPRequestHead {
  /// Reads what matters from a parsed head.
  init(_ head: NIOHTTP1.HTTPRequestHead) {
    method = head.method.rawValue
    path = head.uri.firstIndex(of: "?").map { String(head.uri[..<$0]) } ?? head.uri
    isKeepAlive = head.isKeepAlive
    for (name, value) in head.headers {
      // Lengths tell the names apart before letters are folded.
      switch name.utf8.count {
      case 6 where name.lowercased() == "expect":
        expectsContinue = value.lowercased() == "100-continue"
      case 12 where name.lowercased() == "content-type": contentType = value
      case 14 where name.lowercased() == "content-length": contentLength = Int(value)
      case 16 where name.lowercased() == "content-encoding": contentEncoding = value
      default: break
      }
    }
  }
}
