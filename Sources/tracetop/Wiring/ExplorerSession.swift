import Glibc
import Store
import TUI

/// Something the explorer can be opened on.
protocol ExplorerSource: SourceMonitor {
  var store: Store { get }
  /// Ends receiving; called once, when the screen is gone.
  func stop()
  /// Tells whoever the spans come from that a trace is to be kept, or no longer; `say` is called, on any
  /// thread, where that comes to nothing.
  func pin(_ isPinned: Bool, _ trace: TraceID, say: @escaping @Sendable (String) -> Void)
}

extension ExplorerSource {
  /// Where this process holds all that there is, the store knows already.
  func pin(_ isPinned: Bool, _ trace: TraceID, say: @escaping @Sendable (String) -> Void) {}
}

/// The explorer from the first key to the last.
enum ExplorerSession {
  /// Refuses to begin where there is no terminal, before anything is bound or asked.
  static func requireTerminal() throws(Failure) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      throw Failure(
        "the explorer needs a terminal; \"tracetop collect\" and \"tracetop trace\" do not")
    }
  }

  /// Shows the source until somebody quits; throws what the process is to end with, if it is not 0.
  static func run(_ options: ExplorerOptions, on source: any ExplorerSource, log: ProgramLog?)
    throws
  {
    let code: Int32
    let writing = WritingSource(source)
    do {
      code = try Explorer.run(
        store: source.store, source: writing, options: options, logPath: log?.path)
      writing.finish()
    } catch {
      source.stop()
      throw Failure(VisibleMessage.of(error))
    }
    source.stop()
    log?.write("closed with \(code)")
    guard code == 0 else { StandardOutput.end(with: code) }
  }
}
