public import Store

/// Where the explorer's spans come from: a receiver of this process, a collector it is attached to, or a file.
public protocol SourceMonitor: Sendable {
  /// What there is to say of it now; any thread, cheap.
  func status() -> SourceStatus
  /// Asks to be told, on any thread, whenever the status has changed.
  func observe(_ wake: @escaping @Sendable () -> Void)
  /// Sends traffic of the program's own making, for somebody who has none yet.
  func startDemo()
  /// Writes traces to a file; ``SourceStatus/answer`` says when that is done. Returns at once.
  func write(_ traces: [TraceNumber], of snapshot: Snapshot, joinsTraces: Bool)
  /// Tells whoever the spans come from that a person wants a trace kept, or no longer; the explorer's
  /// own store knows. Returns at once.
  func setPinned(_ isPinned: Bool, _ trace: TraceID)
}

extension SourceMonitor {
  public func write(_ traces: [TraceNumber], of snapshot: Snapshot, joinsTraces: Bool) {}
  public func setPinned(_ isPinned: Bool, _ trace: TraceID) {}
}

/// The explorer: a store's traces on a terminal, until somebody quits.
public enum Explorer {
  /// What `--theme` takes.
  public static var themeNames: [String] { Theme.names }

  /// Runs on the calling thread and returns the exit code.
  ///
  /// The code is 0 for a person's own end, 128 and the signal's number for SIGHUP (or a terminal that vanished),
  /// SIGINT and SIGTERM. Whatever happens, the terminal is left as it was.
  ///
  /// - Parameter logPath: the file that standard error goes to meanwhile; nil throws it away.
  /// - Throws: ``TerminalError`` where there is no terminal to show anything on.
  public static func run(
    store: Store, source: any SourceMonitor, options: ExplorerOptions, logPath: String? = nil
  ) throws -> Int32 {
    let wake = try WakePipe()
    let terminal = try CursesTerminal(options: options, logPath: logPath, wake: wake)
    return try run(
      on: terminal, wake: wake, store: store, source: source, options: options,
      history: HistoryFile(path: HistoryFile.standardPath))
  }

  /// The same on any terminal.
  static func run(
    on terminal: consuming some Terminal & ~Copyable, wake: WakePipe, store: Store,
    source: any SourceMonitor, options: ExplorerOptions, history: HistoryFile
  ) throws(TerminalError) -> Int32 {
    let mailbox = Mailbox(wake: wake)
    let worker = try QueryWorker(
      store: store, mailbox: mailbox, endsAtNewest: source.status().connection.isFile)
    let thread = try WorkerThread { worker.run() }
    store.observe { worker.noteNews() }
    source.observe { mailbox.postSourceNews() }
    var loop = UILoop(
      terminal: terminal, store: store, worker: worker, mailbox: mailbox, source: source,
      options: options, history: history)
    let code = loop.run()
    store.observe {}
    source.observe {}
    worker.stop()
    thread.join()
    return code
  }
}
