internal import Glibc

/// Sends each request until it is answered: a receiver that is busy is asked again when it said to, and
/// one that went away is connected to anew.
///
/// Only a request whose answer did not come is sent again, so what was acknowledged is sent once. Used
/// by one thread, which waits.
public final class PatientSender {
  /// The first wait where the receiver says nothing of it, doubled each time up to the longest; in
  /// milliseconds.
  static let firstWait = 250
  static let longestWait = 5_000

  /// Why it waits, and for how long now.
  public struct Waiting: Equatable, Sendable {
    public var reason: String
    public var milliseconds: Int
  }

  private let connect: () throws(IngestError) -> any RequestSender
  private var sender: (any RequestSender)?
  private let patienceMilliseconds: Int
  private let onWaiting: (Waiting?) -> Void
  private let sleep: (Int) -> Void

  /// `patienceMilliseconds` is how long one request is tried at most; `onWaiting` is told of each wait,
  /// and with nil when a request went through after one.
  public init(
    _ sender: any RequestSender, patienceMilliseconds: Int,
    connect: @escaping () throws(IngestError) -> any RequestSender,
    onWaiting: @escaping (Waiting?) -> Void = { _ in },
    sleep: ((Int) -> Void)? = nil
  ) {
    self.sender = sender
    self.patienceMilliseconds = patienceMilliseconds
    self.connect = connect
    self.onWaiting = onWaiting
    self.sleep = sleep ?? { _ = poll(nil, 0, Int32(clamping: $0)) }
  }

  public func send(
    _ kind: RequestKind, _ body: MessageBytes
  ) throws(IngestError) -> RequestAnswer {
    var wait = Self.firstWait
    var waited = 0
    var hasWaited = false
    while true {
      let began = Self.milliseconds()
      do throws(IngestError) {
        let answer = try connected().send(kind, body)
        if hasWaited { onWaiting(nil) }
        return answer
      } catch {
        guard let retry = error.retry else { throw error }
        waited += Self.milliseconds() - began
        let pause = max(retry.afterMilliseconds ?? 0, wait)
        guard waited + pause <= patienceMilliseconds else {
          throw patienceMilliseconds == 0
            ? error
            : IngestError(
              error.kind, "gave up after \(waited / 1_000) seconds: \(error.message)")
        }
        onWaiting(Waiting(reason: error.message, milliseconds: pause))
        hasWaited = true
        sleep(pause)
        waited += pause
        wait = min(wait * 2, Self.longestWait)
        // An answer that comes late belongs to nobody: the request is on its way again.
        if retry.afterMilliseconds == nil || sender?.isConnected != true { disconnect() }
      }
    }
  }

  public func close() { disconnect() }

  private func connected() throws(IngestError) -> any RequestSender {
    if let sender { return sender }
    let made = try connect()
    sender = made
    return made
  }

  /// By a clock that nobody sets.
  private static func milliseconds() -> Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }

  private func disconnect() { sender.take()?.close() }
}
