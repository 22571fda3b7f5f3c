import Store

/// How wide each column's values are, as far as seen, and how the room of a line is shared among
/// them.
///
/// Widths only grow while rows stream by, so nothing moves sideways under the eye; a new filter,
/// order or screen size starts over.
struct ColumnLayout: Equatable, Sendable {
  /// The widest value seen by column; 0 where no row had one.
  private var widths = [Int](repeating: 0, count: ListColumn.allCases.count)
  /// The longest duration seen.
  private(set) var longest = Nanoseconds.zero

  struct Placed: Equatable, Sendable {
    var column: ListColumn
    var start: Int
    var width: Int
  }

  mutating func see(_ row: ListRow) {
    for column in ListColumn.measured {
      let width = min(row[column].columns, column.maximumWidth)
      if width > widths[column.rawValue] { widths[column.rawValue] = width }
    }
    longest = max(longest, row.summary.duration)
  }

  /// Whether any row seen had a value there.
  func has(_ column: ListColumn) -> Bool { widths[column.rawValue] > 0 }

  // MARK: - Sharing the room

  /// Columns that are there when the others have all they need, the most telling first.
  private static let extras: [ListColumn] = [.route, .tokens, .service, .cost]
  /// Columns given up, in this order, where even the narrowest do not fit.
  private static let givenUp: [ListColumn] = [.model, .user, .tenant]

  /// The columns from left to right with their places, for a line this wide that begins at a column.
  ///
  /// The column that the list is sorted by is among them, with room for the mark in its head.
  func placed(width: Int, from column: Int = 0, sortedBy sorted: ListColumn = .time) -> [Placed] {
    var share = Share(width: width)
    share.sizes = [.time: 8, .verdict: 2, .duration: 6, .bar: 6]
    share.sizes[.spans] = max(3, widths[ListColumn.spans.rawValue])
    share.sorted = sorted
    // The name is what a row is recognised by: it has a place before the first row comes.
    share.add(.name, natural: max(natural(.name, sorted), ListColumn.name.minimumWidth))
    for column in [ListColumn.tenant, .user, .model] where has(column) || column == sorted {
      share.add(column, natural: natural(column, sorted))
    }
    if Self.extras.contains(sorted) { share.add(sorted, natural: natural(sorted, sorted)) }
    for column in Self.givenUp where share.narrowestRoom < 0 && column != sorted {
      share.remove(column)
    }
    for column in Self.extras where has(column) && column != sorted {
      share.addIfRoom(column, natural: natural(column, sorted))
    }
    share.shrink()
    share.grow()
    // Milliseconds, and longer bars, where room is left.
    if share.room >= 12 { share.sizes[.time] = 12 }
    share.sizes[.bar, default: 0] += min(max(0, share.room), width >= 110 ? 14 : 6)
    share.sizes[.name, default: 0] += max(0, share.room)

    var placed: [Placed] = []
    var start = column + 1
    for column in ListColumn.allCases {
      guard let size = share.sizes[column] else { continue }
      placed.append(Placed(column: column, start: start, width: size))
      start += size + 1
    }
    return placed
  }

  /// The width at which a column shows all that was seen.
  private func natural(_ column: ListColumn, _ sorted: ListColumn) -> Int {
    max(widths[column.rawValue], column.header.utf8.count + (column == sorted ? 1 : 0))
  }
}

/// The room of one line while it is being shared.
private struct Share {
  let width: Int
  var sizes: [ListColumn: Int] = [:]
  /// The column that has a mark in its head.
  var sorted: ListColumn?
  /// What the flexible columns would like to have.
  private var naturals: [ListColumn: Int] = [:]

  init(width: Int) { self.width = width }

  /// Columns left over: each has a blank after it, and one is before the first.
  var room: Int { width - 1 - sizes.values.reduce(0) { $0 + $1 + 1 } }

  /// The room if every flexible column were as narrow as it may be.
  var narrowestRoom: Int {
    room + naturals.keys.reduce(0) { $0 + (sizes[$1] ?? 0) - narrowest($1) }
  }

  private func narrowest(_ column: ListColumn) -> Int {
    let head = column == sorted ? column.header.utf8.count + 1 : 0
    return min(naturals[column] ?? 0, max(column.minimumWidth, head))
  }

  mutating func add(_ column: ListColumn, natural: Int) {
    naturals[column] = natural
    sizes[column] = min(natural, max(column.comfortableWidth, narrowest(column)))
  }

  mutating func addIfRoom(_ column: ListColumn, natural: Int) {
    guard min(natural, column.comfortableWidth) + 1 <= room else { return }
    add(column, natural: natural)
  }

  mutating func remove(_ column: ListColumn) {
    naturals[column] = nil
    sizes[column] = nil
  }

  /// Takes cells away, one at a time, from whatever is furthest over its narrowest.
  mutating func shrink() {
    while room < 0 {
      let widest = naturals.keys.max { over($0) < over($1) }
      guard let widest, (sizes[widest] ?? 0) > narrowest(widest) else { return }
      sizes[widest, default: 0] -= 1
    }
  }

  /// Ties go to the column further left, so that the result never depends on the order of a
  /// dictionary.
  private func over(_ column: ListColumn) -> (Int, Int) {
    ((sizes[column] ?? 0) - narrowest(column), -column.rawValue)
  }

  /// Gives cells, one at a time, to whatever lacks most of its natural width.
  mutating func grow() {
    while room > 0 {
      let neediest = naturals.keys.max { lacking($0) < lacking($1) }
      guard let neediest, lacking(neediest).0 > 0 else { return }
      sizes[neediest, default: 0] += 1
    }
  }

  private func lacking(_ column: ListColumn) -> (Int, Int) {
    ((naturals[column] ?? 0) - (sizes[column] ?? 0), -column.rawValue)
  }
}
