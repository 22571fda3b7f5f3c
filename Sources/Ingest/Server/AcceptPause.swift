internal import NIOCore

/// Lets a listening socket rest where no connection can be accepted, for want of files or memory: those
/// who connect stay in the kernel's queue, and this process does not spin.
///
/// NIO's own `AcceptBackoffHandler` delays the next read, but after an error the socket is still watched
/// for the one before.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let service: any CollectorService
  private var isResting = false

  init(service: any CollectorService) { self.service = service }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError else { return context.fireErrorCaught(error) }
    service.refused(Refusal(.accept, SystemError.text(error.errnoCode)))
    guard !isResting else { return }
    isResting = true
    try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    let handler = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .milliseconds(IngestLimits.acceptPauseMilliseconds)) {
      let (pause, context) = handler.value
      pause.isResting = false
      // Where the socket has been closed meanwhile there is nothing to wake.
      try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
