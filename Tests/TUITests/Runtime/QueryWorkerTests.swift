import Store
import Testing

@testable import TUI

@Suite("Query worker")
struct QueryWorkerTests {
  @Test("Answers the newest query, previews and completions, and stops")
  func answers() async throws {
    let wake = try WakePipe()
    let mailbox = Mailbox(wake: wake)
    let worker = try QueryWorker(store: Store(budgetBytes: 1 << 20), mailbox: mailbox)
    for generation in 1...9 {
      worker.ask(
        QueryWorker.Query(filter: nil, order: .newestFirst, generation: generation))
      worker.preview(nil, generation: 100 + generation)
      worker.complete("", cursor: 0, generation: 200 + generation)
    }
    // Asked before the thread runs, so only the newest of each kind is left to answer.
    let thread = try WorkerThread { worker.run() }
    var letters = Mailbox.Letters()
    await wait("three answers") {
      let taken = mailbox.take()
      letters.answer = taken.answer ?? letters.answer
      letters.preview = taken.preview ?? letters.preview
      letters.completions = taken.completions ?? letters.completions
      return letters.answer != nil && letters.preview != nil && letters.completions != nil
    }
    worker.stop()
    thread.join()
    #expect(letters.answer?.generation == 9)
    guard case .preview(matching: 0, of: 0, generation: 109) = letters.preview,
      case .completions(_, generation: 209) = letters.completions
    else {
      Issue.record("the answers are of other questions: \(letters)")
      return
    }
  }

  @Test("The mailbox keeps the latest of each kind")
  func mailbox() throws {
    let mailbox = Mailbox(wake: try WakePipe())
    let snapshot = Store(budgetBytes: 1 << 20).snapshot()
    for generation in 1...1_000 {
      mailbox.post(
        Mailbox.Answer(result: QueryResult(), generation: generation, snapshot: snapshot))
      mailbox.postSourceNews()
    }
    let letters = mailbox.take()
    #expect(letters.answer?.generation == 1_000)
    #expect(letters.hasSourceNews)
    #expect(mailbox.take().answer == nil)
  }
}
