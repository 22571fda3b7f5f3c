/// The rows that readings speak of, each with a small number, so that adding up touches no text.
///
/// Requests choose the names, so there is an end to how many are told apart: what comes when all
/// numbers are taken counts as "others" until one is free again.
struct RouteTableCatalog<Key: RouteTableKey> {
  /// How many rows of one kind are told apart; nobody reads more, and each costs its histogram.
  static var maximumRows: Int { 500 }

  /// The key of each number; nil where the number is free. Number 0 is for the others.
  private(set) var keys: [Key?] = [Key.others]
  private var numbers: [Key: Int32] = [:]
  private var free: [Int32] = []

  var count: Int { keys.count }
  var isFull: Bool { numbers.count >= Self.maximumRows }

  /// The number of a key, 0 where no more fit.
  mutating func number(of key: Key) -> Int32 {
    if let known = numbers[key] { return known }
    guard !isFull else { return 0 }
    let number = free.popLast() ?? Int32(keys.count)
    if Int(number) == keys.count { keys.append(key) } else { keys[Int(number)] = key }
    numbers[key] = number
    return number
  }

  /// The number of a key that is known.
  func known(_ key: Key) -> Int32? { key == Key.others ? 0 : numbers[key] }

  /// Frees the numbers that no reading uses any more.
  mutating func keep(_ isUsed: [Bool]) {
    for number in 1..<max(1, keys.count) where !isUsed[number] {
      guard let key = keys[number] else { continue }
      numbers[key] = nil
      keys[number] = nil
      free.append(Int32(number))
    }
  }
}

/// The catalogs of all four kinds of rows.
struct RouteTableCatalogs {
  var routes = RouteTableCatalog<RouteKey>()
  var steps = RouteTableCatalog<StepKey>()
  var denials = RouteTableCatalog<DenialKey>()
  var switches = RouteTableCatalog<SwitchKey>()

  var isFull: Bool { routes.isFull || steps.isFull || denials.isFull || switches.isFull }

  /// Frees what none of the readings uses.
  mutating func keep(_ readings: some Sequence<RouteReading>) {
    var used = (
      routes: [Bool](repeating: false, count: routes.count),
      steps: [Bool](repeating: false, count: steps.count),
      denials: [Bool](repeating: false, count: denials.count),
      switches: [Bool](repeating: false, count: switches.count)
    )
    for reading in readings {
      for share in reading.routes { used.routes[Int(share.row)] = true }
      for share in reading.steps { used.steps[Int(share.row)] = true }
      for share in reading.denials { used.denials[Int(share.row)] = true }
      for share in reading.switches { used.switches[Int(share.row)] = true }
    }
    routes.keep(used.routes)
    steps.keep(used.steps)
    denials.keep(used.denials)
    switches.keep(used.switches)
  }
}
