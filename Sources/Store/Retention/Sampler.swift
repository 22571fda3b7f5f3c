/// Thins requests: which traces are to be decided when, and by what.
struct Sampler {
  let share: Double
  private let limit: UInt64
  /// When each trace that is not decided is to be looked at.
  var wheel = SettleWheel()
  /// The request ids of traces that are not decided.
  private var keys: [UInt64: [RequestKey]] = [:]
  /// Traces that are not decided and belong to a request that was let go.
  private var condemned: Set<UInt64> = []

  init(share: Double) {
    self.share = share
    limit = share >= 1 ? .max : UInt64(max(0, share) * 0x1p64)
  }

  /// The weight of a request that is kept by share.
  var weight: Float { Float(1 / share) }

  var bytes: Int { wheel.bytes + keys.capacity * 40 + condemned.capacity * 10 }

  /// Whether a request is kept, by the smallest of its trace ids: the same in every process, whatever
  /// the order in which its traces came.
  func isKept(_ id: TraceID) -> Bool {
    // Ids are random as a rule, but nobody promises it.
    let hash = Bytes.mix(
      id.high ^ 0x2d35_8dcc_aa6c_78a5,
      Bytes.mix(id.low ^ 0x8bb8_4b93_962e_acc9, 0x4b33_a62e_d433_d4a3))
    return hash < limit
  }

  // MARK: - Traces that are not decided

  mutating func note(_ key: RequestKey, of number: UInt64) { keys[number, default: []].append(key) }

  mutating func condemn(_ number: UInt64) { condemned.insert(number) }

  func isCondemned(_ number: UInt64) -> Bool { condemned.contains(number) }

  /// Forgets what was noted of a trace, and returns its request ids.
  mutating func settle(_ number: UInt64) -> [RequestKey] {
    condemned.remove(number)
    return keys.removeValue(forKey: number) ?? []
  }
}
