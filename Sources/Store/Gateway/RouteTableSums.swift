/// Readings being added up into a ``RouteTable``.
///
/// Costs some tens of nanoseconds for each part of a reading; nothing is kept between two tables, so
/// a trace that changed or went leaves nothing behind. Quantiles are at most 1.6 % off
/// (``LatencyHistogram``). Where requests are thinned everything is counted in units (``CountScale``)
/// until the table is finished.
struct RouteTableSums {
  private struct RouteSum {
    var row: RouteTable.Route
    var decisions = LatencyHistogram()
  }

  private struct StepSum {
    var row: RouteTable.Step
    var took = LatencyHistogram()
    var places = 0
    var time = Nanoseconds.zero
    var ofTime = Nanoseconds.zero

    var meanPlace: Double { Double(places) / Double(max(1, row.requests)) }
  }

  private struct SwitchSum {
    var row: RouteTable.Switch
    var sessions: [Int: Double] = [:]
  }

  private var table: RouteTable
  private let scale: CountScale
  /// The units of the reading that is being added.
  private var units = 1
  private var routes: [RouteSum?]
  private var steps: [StepSum?]
  private var denials: [RouteTable.Denial?]
  private var switches: [SwitchSum?]
  private var chains = LatencyHistogram()
  private var chainTime = (of: Nanoseconds.zero, in: Nanoseconds.zero)
  private var decisionTime = (of: Nanoseconds.zero, in: Nanoseconds.zero)

  init(window: RouteWindow, _ catalogs: RouteTableCatalogs, _ scale: CountScale) {
    table = RouteTable(window: window)
    self.scale = scale
    routes = Array(repeating: nil, count: catalogs.routes.count)
    steps = Array(repeating: nil, count: catalogs.steps.count)
    denials = Array(repeating: nil, count: catalogs.denials.count)
    switches = Array(repeating: nil, count: catalogs.switches.count)
  }

  // MARK: - Adding

  mutating func add(
    _ reading: RouteReading, of trace: UInt64, units: Int, _ catalogs: RouteTableCatalogs
  ) {
    self.units = units
    table.read += 1
    table.requests += units
    if units != scale.one { table.isScaled = true }
    if reading.hasFailed { table.failed += units }
    if reading.routes.isEmpty { table.withoutModel += units }
    addRoutes(of: reading, catalogs)
    addSteps(of: reading, catalogs)
    for share in reading.denials { add(share, of: trace, catalogs) }
    for share in reading.switches { add(share, catalogs) }
  }

  private mutating func addRoutes(of reading: RouteReading, _ catalogs: RouteTableCatalogs) {
    var isTimed = false
    for share in reading.routes {
      let row = Int(share.row)
      var sum =
        routes[row].take()
        ?? RouteSum(row: RouteTable.Route(key: catalogs.routes.keys[row] ?? .others))
      sum.row.requests += units
      if share.hasFallenBack { sum.row.fallbacks += units }
      if reading.hasFailed { sum.row.failed += units }
      if let cost = share.costUSD {
        sum.row.costUSD += weighted(cost)
        sum.row.costed += units
      }
      if let decision = share.decision {
        sum.decisions.add(decision, times: units)
        decisionTime.of = decisionTime.of + weighted(decision)
        isTimed = true
      }
      routes[row] = sum
    }
    if isTimed { decisionTime.in = decisionTime.in + weighted(reading.duration) }
  }

  private mutating func addSteps(of reading: RouteReading, _ catalogs: RouteTableCatalogs) {
    guard !reading.steps.isEmpty else { return }
    var whole: Nanoseconds?
    for share in reading.steps {
      let row = Int(share.row)
      var sum =
        steps[row].take()
        ?? StepSum(row: RouteTable.Step(key: catalogs.steps.keys[row] ?? .others))
      sum.row.requests += units
      sum.row.allowed += Int(share.allowed) * units
      sum.row.modified += Int(share.modified) * units
      sum.row.denied += Int(share.denied) * units
      sum.row.errors += Int(share.errors) * units
      sum.row.kinds.formUnion(share.kinds)
      sum.places += Int(share.place) * units
      if let took = share.took {
        sum.took.add(took, times: units)
        sum.time = sum.time + weighted(took)
        sum.ofTime = sum.ofTime + weighted(reading.duration)
        whole = (whole ?? .zero) + took
      }
      steps[row] = sum
    }
    guard let whole else { return }
    chains.add(whole, times: units)
    chainTime = (chainTime.of + weighted(whole), chainTime.in + weighted(reading.duration))
  }

  private mutating func add(
    _ share: RouteReading.DenialShare, of trace: UInt64, _ catalogs: RouteTableCatalogs
  ) {
    let row = Int(share.row)
    var sum =
      denials[row].take() ?? RouteTable.Denial(key: catalogs.denials.keys[row] ?? .others)
    sum.firstSeen = sum.count == 0 ? share.time : min(sum.firstSeen, share.time)
    sum.lastSeen = max(sum.lastSeen, share.time)
    sum.count += units
    let example = RouteTable.Example(
      trace: TraceNumber(trace), time: share.time, name: share.subject ?? "")
    let place =
      sum.examples.firstIndex { ($0.time, $0.trace) < (example.time, example.trace) }
      ?? sum.examples.count
    if place < RouteTable.Denial.maximumExamples {
      sum.examples.insert(example, at: place)
      if sum.examples.count > RouteTable.Denial.maximumExamples { sum.examples.removeLast() }
    }
    denials[row] = sum
  }

  private mutating func add(_ share: RouteReading.SwitchShare, _ catalogs: RouteTableCatalogs) {
    let row = Int(share.row)
    var sum =
      switches[row].take()
      ?? SwitchSum(row: RouteTable.Switch(key: catalogs.switches.keys[row] ?? .others))
    sum.row.count += units
    if let cost = share.costUSD {
      sum.row.costUSD += weighted(cost)
      sum.row.costed += units
    }
    if let overhead = share.overheadPercent {
      sum.row.overheadPercent = max(sum.row.overheadPercent ?? overhead, overhead)
    }
    if let session = share.session {
      sum.sessions[session] = max(sum.sessions[session] ?? 0, share.sessionCostUSD ?? 0)
      if share.sessionCostUSD != nil { sum.row.sessionCostUSD = 0 }
    }
    switches[row] = sum
  }

  private func weighted(_ time: Nanoseconds) -> Nanoseconds {
    units == 1 ? time : Nanoseconds(time.rawValue.multipliedFullWidth(by: UInt64(units)).low)
  }

  private func weighted(_ cost: Double) -> Double { cost * Double(units) / Double(scale.one) }

  // MARK: - The table

  /// The table of everything added.
  consuming func finished() -> RouteTable {
    table.routes = routes.compactMap { $0 }.map { sum in
      var row = sum.row
      row.requests = scale.count(row.requests)
      row.fallbacks = scale.count(row.fallbacks)
      row.failed = scale.count(row.failed)
      row.costed = scale.count(row.costed)
      row.decisionP50 = sum.decisions.quantile(0.5)
      return row
    }
    table.routes.sort { left, right in
      left.requests != right.requests
        ? left.requests > right.requests : left.key.sortText < right.key.sortText
    }
    table.steps = orderedSteps().map { sum in
      var row = sum.row
      row.requests = scale.count(row.requests)
      row.allowed = scale.count(row.allowed)
      row.modified = scale.count(row.modified)
      row.denied = scale.count(row.denied)
      row.errors = scale.count(row.errors)
      row.runs = row.allowed + row.modified + row.denied + row.errors
      row.p50 = sum.took.quantile(0.5)
      row.p99 = sum.took.quantile(0.99)
      row.share = RouteTableSums.share(sum.time, of: sum.ofTime)
      return row
    }
    table.denials = denials.compactMap { $0 }.map { sum in
      var row = sum
      row.count = scale.count(row.count)
      return row
    }
    table.denials.sort { left, right in
      left.lastSeen != right.lastSeen
        ? left.lastSeen > right.lastSeen : left.key.sortText < right.key.sortText
    }
    table.switches = switches.compactMap { $0 }.map { sum in
      var row = sum.row
      row.count = scale.count(row.count)
      row.costed = scale.count(row.costed)
      row.sessions = sum.sessions.count
      if row.sessionCostUSD != nil {
        row.sessionCostUSD = sum.sessions.values.sorted().reduce(0, +)
      }
      return row
    }
    table.switches.sort { left, right in
      left.count != right.count ? left.count > right.count : left.key.sortText < right.key.sortText
    }
    table.requests = scale.count(table.requests)
    table.failed = scale.count(table.failed)
    table.withoutModel = scale.count(table.withoutModel)
    table.chainP50 = chains.quantile(0.5)
    table.chainShare = RouteTableSums.share(chainTime.of, of: chainTime.in)
    table.decisionShare = RouteTableSums.share(decisionTime.of, of: decisionTime.in)
    return table
  }

  /// Chain after chain, those of requests before those of answers and the busiest first; in each the
  /// steps by where they stand on average.
  private func orderedSteps() -> [StepSum] {
    let steps = steps.compactMap { $0 }
    var busiest: [String: Int] = [:]
    for step in steps {
      busiest[step.row.key.hook] = max(busiest[step.row.key.hook] ?? 0, step.row.requests)
    }
    return steps.sorted { left, right in
      let (before, after) = (left.row.key, right.row.key)
      if before.isOutput != after.isOutput { return after.isOutput }
      let runs = (busiest[before.hook] ?? 0, busiest[after.hook] ?? 0)
      if runs.0 != runs.1 { return runs.0 > runs.1 }
      if before.hook != after.hook { return before.hook < after.hook }
      return left.meanPlace != right.meanPlace
        ? left.meanPlace < right.meanPlace : before.name < after.name
    }
  }

  private static func share(_ time: Nanoseconds, of whole: Nanoseconds) -> Double? {
    whole == .zero ? nil : Double(time.rawValue) / Double(whole.rawValue)
  }
}

extension RouteKey {
  /// Orders rows whose figures are equal.
  fileprivate var sortText: String { "\(route ?? "~")\u{1}\(asked ?? "")\u{1}\(model ?? "")" }
}

extension DenialKey {
  fileprivate var sortText: String { "\(filter ?? "~")\u{1}\(code ?? "")\u{1}\(reason ?? "")" }
}

extension SwitchKey {
  fileprivate var sortText: String {
    "\(isAllowed)\u{1}\(model ?? "~")\u{1}\(alternative ?? "")"
  }
}
