internal import NIOCore
internal import NIOPosix
public import Store
import Synchronization

/// Has requests decided when they settle though nothing arrives any more: one timer, set while there is
/// something to be decided, and none at rest.
///
/// While spans arrive the store decides by itself with each request; then the timer finds little to do.
public final class SettlingClock: Sendable {
  /// How long after spans came the store is asked first: they have not settled before.
  private static let first = RetentionPolicy.settleTime
  /// Timers are no closer together than this.
  private static let shortest = Nanoseconds.milliseconds(500)

  /// Decides what has settled, and says how long until more may have; nil where nothing is left.
  private let settle: @Sendable () -> Nanoseconds?
  /// Whether a timer is set.
  private let isSet = Atomic<Bool>(false)

  public init(settle: @escaping @Sendable () -> Nanoseconds?) { self.settle = settle }

  /// Spans came.
  public func start() {
    guard !isSet.load(ordering: .relaxed),
      !isSet.exchange(true, ordering: .acquiringAndReleasing)
    else { return }
    schedule(Self.first)
  }

  private func schedule(_ wait: Nanoseconds) {
    let nanoseconds = Int64(clamping: max(wait, Self.shortest).rawValue)
    _ = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .nanoseconds(nanoseconds)) {
      [weak self] in self?.fire()
    }
  }

  private func fire() {
    // Before the store is asked: what comes from now on sets a timer of its own.
    isSet.store(false, ordering: .releasing)
    guard let wait = settle(), !isSet.exchange(true, ordering: .acquiringAndReleasing) else {
      return
    }
    schedule(wait)
  }
}
