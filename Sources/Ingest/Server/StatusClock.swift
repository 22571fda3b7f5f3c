internal import NIOCore
internal import NIOPosix
import Synchronization

/// Has whoever looks told how the collector stands when that has changed: once for all changes of half
/// a second. No timer is set while nothing changes.
final class StatusClock: Sendable {
  static let pause = TimeAmount.milliseconds(500)

  /// Whether a timer is set.
  private let isSet = Atomic<Bool>(false)

  /// Something has changed; `tell` is called soon, on a thread of its own.
  func note(_ tell: @escaping @Sendable () -> Void) {
    guard !isSet.load(ordering: .relaxed),
      !isSet.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    _ = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: Self.pause) { [self] in
      // Before anybody is told: what changes from now on sets a timer of its own.
      isSet.store(false, ordering: .releasing)
      tell()
    }
  }
}
