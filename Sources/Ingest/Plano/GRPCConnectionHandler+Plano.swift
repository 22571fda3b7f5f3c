import NIOCore
import NIOHTTP2

/// `plano.TraceQuery`, the service of Plano's own trace listener.
extension GRPCConnectionHandler {
  /// Answers when the traces are written, which takes longer than an event loop may wait.
  func planoTraces(on stream: GRPCStream) {
    guard let context else { return }
    let eventLoop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let id = stream.id
    loop.service.planoTraces { answer in
      eventLoop.execute { handler.value.answer(answer, on: id) }
    }
  }

  private func answer(_ message: MessageBytes, on id: HTTP2StreamID) {
    // The caller may have gone meanwhile.
    guard let stream = streams[id] else { return }
    reply(message.bytes, on: stream)
    context?.flush()
  }
}
