import Store

/// What a collector says of itself that its spans do not show: how its journal stands, and what it
/// refused or lost.
public struct CollectorReport: Equatable, Sendable {
  /// Where acknowledged requests are written down.
  public enum Journal: Equatable, Sendable {
    /// Nowhere: nobody asked for a journal.
    case off
    case opening
    case on(bytes: UInt64)
    /// Read back, before or while it is written: so many of so many spans and log records.
    case replaying(UInt64, of: UInt64)
    /// Nowhere, for a reason in one word.
    case broken(String)
  }

  /// A count that is not zero, and what it counts.
  public struct Loss: Equatable, Sendable {
    /// As the status line has it: a word or two.
    public var name: String
    public var count: UInt64
    public var meaning: String

    public init(name: String, count: UInt64, meaning: String) {
      self.name = name
      self.count = count
      self.meaning = meaning
    }
  }

  /// Nil where there is no collector, or it did not say.
  public var journal: Journal?
  public var losses: [Loss]
  /// Memory of another process's collector, in bytes, and what it may take; nil for this process's own.
  public var memory: Memory?

  public struct Memory: Equatable, Sendable {
    public var bytes: Int
    public var budget: Int

    public init(bytes: Int, budget: Int) {
      self.bytes = bytes
      self.budget = budget
    }
  }

  public init(journal: Journal? = nil, losses: [Loss] = [], memory: Memory? = nil) {
    self.journal = journal
    self.losses = losses
    self.memory = memory
  }

  // MARK: - Text

  /// What the status line says of the journal.
  var journalMark: (text: String, role: StyleRole)? {
    switch journal {
    case nil: nil
    case .off: ("no journal", .dim)
    case .opening: ("journal opening", .dim)
    case .on(let bytes): ("journal \(Format.bytes(Int(clamping: bytes)))", .dim)
    case .replaying(let items, let total):
      ("journal \(Format.percent(total == 0 ? 1 : Double(items) / Double(total))) read", .text)
    case .broken(let word): ("journal \(word)", .error)
    }
  }

  /// Rows for the help screen.
  var rows: [(keys: String, help: String)] {
    var rows: [(keys: String, help: String)] = []
    if let memory {
      rows.append(
        ("memory", "\(Format.bytes(memory.bytes)) of \(Format.bytes(memory.budget)) are taken"))
    }
    return rows + losses.map { (Format.grouped($0.count), $0.meaning) }
  }
}
