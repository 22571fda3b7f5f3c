public import Store

/// The state after a message, and what has to be done outside. Pure: the same in, the same out.
///
/// The first message of all also asks the first query, so the runtime has nothing to know about
/// starting.
public func update(
  _ state: inout AppState, _ message: Message, _ snapshot: Snapshot, now: UnixNanos
) -> [Effect] {
  var turn = Turn(state: state, snapshot: snapshot, now: now)
  turn.take(message)
  state = turn.state
  return turn.effects
}
