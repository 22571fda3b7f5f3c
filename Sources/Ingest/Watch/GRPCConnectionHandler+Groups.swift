import NIOCore
import NIOHTTP2
import Store

/// `tracetop.v1.Collector/Groups`.
extension GRPCConnectionHandler {
  /// Answers when the groups are made, which may take longer than an event loop may wait.
  func groups(_ body: MessageBytes, on stream: GRPCStream) throws {
    guard let context else { return }
    let request = try GroupsRequest(decoding: body)
    let eventLoop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let id = stream.id
    loop.service.groups(request) { answer in
      eventLoop.execute { handler.value.answer(answer, on: id) }
    }
  }

  private func answer(_ answer: Result<MessageBytes, GRPCStatus>, on id: HTTP2StreamID) {
    // The caller may have gone meanwhile.
    guard let stream = streams[id] else { return }
    switch answer {
    case .success(let message): reply(message.bytes, on: stream)
    case .failure(let status): finish(stream, status)
    }
    self.context?.flush()
  }
}
