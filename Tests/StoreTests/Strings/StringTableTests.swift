import Support
import Synchronization
import Testing

@testable import Store

@Suite("StringTable")
struct StringTableTests {
  private func intern(_ text: String, into table: StringTable) -> UInt32 {
    var text = text
    return text.withUTF8 { bytes in
      let run = unsafe WireBytes(UnsafeRawBufferPointer(bytes))
      return unsafe table.intern(
        run.address, run.count, hash: Bytes.hash(run.address, run.count))
    }
  }

  private func find(_ text: String, in strings: StringTable) -> UInt32? {
    strings.find(text, below: strings.count, in: strings.table)
  }

  @Test("A string has one id however often it comes, and its id gives it back")
  func identity() {
    let strings = StringTable()
    let texts = ["", "a", "GET /cart", "東京", "\u{0}", String(repeating: "x", count: 300_000)]
    let ids = texts.map { intern($0, into: strings) }
    #expect(Set(ids).count == texts.count)
    #expect(texts.map { intern($0, into: strings) } == ids)
    #expect(ids.map { strings[$0].text } == texts)
    #expect(texts.map { find($0, in: strings) } == ids)
    #expect(find("no such text", in: strings) == nil)
  }

  @Test(
    "Every string is found again while the slots grow many times, and after they were sealed")
  func growth() {
    var random = SplitMix64.announced("string table, growth")
    let strings = StringTable()
    var ids: [String: UInt32] = [:]
    for number in 0..<40_000 {
      // Of every length up to a few words, many of them alike but for one byte.
      let text = String(repeating: "k", count: random.number(0...40)) + "\(number)"
      ids[text] = intern(text, into: strings)
      if number & (number - 1) == 0 {
        for (text, id) in ids.prefix(500) where find(text, in: strings) != id {
          Issue.record("\(text) is not \(id) after \(number)")
          return
        }
      }
    }
    #expect(strings.count == ids.count)
    #expect(strings.table.capacity > StringTable.initialSlots * 8)
    let before = strings.table.bytes
    var writer = PackedWriter()
    let offsets = (0..<strings.count).map { UInt64(strings.offset($0)) }
    let layout = unsafe offsets.withUnsafeBufferPointer { offsets in
      unsafe writer.pack(offsets.baseAddress.unsafelyUnwrapped, offsets.count)
    }
    let packed = writer.finish()
    let sealed = StringTable(
      sealing: strings, offsets: PackedColumn(packed, layout), isOrdered: true, in: packed)
    #expect(sealed.table.bytes < before / 2)
    for (text, id) in ids where find(text, in: sealed) != id || sealed[id].text != text {
      Issue.record("\(text) is not \(id) after sealing")
      return
    }
    #expect(find("k", in: sealed) == nil && find("k", in: strings) == nil)
  }

  @Test("A resized table holds the same entries, wherever they collide")
  func resizing() {
    let table = SlotTable(capacity: 8)
    // Hashes whose upper halves fall into the last slot, so that looking goes round the end.
    let entries = (1...6).map { UInt64(UInt32.max - $0) << 32 | UInt64($0) }
    for entry in entries {
      var slot = SlotTable.first(entry >> 32, table.capacity)
      while unsafe table.slots[slot].load(ordering: .relaxed) != 0 { slot = (slot + 1) % 8 }
      unsafe table.slots[slot].store(entry, ordering: .relaxed)
    }
    for capacity in [7, 8, 9, 64, 4_096] {
      let resized = table.resized(to: capacity)
      #expect(resized.capacity == UInt64(capacity))
      var held = Set<UInt64>()
      for slot in 0..<capacity {
        let entry = unsafe resized.slots[slot].load(ordering: .relaxed)
        if entry != 0 { held.insert(entry) }
      }
      #expect(held == Set(entries))
    }
  }

  @Test("Strings published to a reader are found in its table while the writer adds others")
  func findingWhileGrowing() {
    /// What a reader was told: the table of a moment and the strings that were in it.
    struct Publication: Sendable {
      var table: SlotTable
      var limit: Int
      var ids: [UInt32]
    }
    let strings = StringTable()
    let count = 30_000
    let published = Mutex(Publication(table: strings.table, limit: 0, ids: []))
    let isDone = Atomic<Bool>(false)
    let mistakes = Mutex<[String]>([])
    let looked = Atomic<Int>(0)

    inParallel(
      [
        { @Sendable in
          var ids: [UInt32] = []
          for number in 0..<count {
            ids.append(intern("text \(number)", into: strings))
            guard number % 64 == 63 || number == count - 1 else { continue }
            let publication = Publication(table: strings.table, limit: strings.count, ids: ids)
            published.withLock { $0 = publication }
          }
          isDone.store(true, ordering: .releasing)
        }
      ]
        + (0..<2).map { reader in
          { @Sendable in
            var random = SplitMix64(seed: UInt64(reader))
            while true {
              let isLast = isDone.load(ordering: .acquiring)
              let seen = published.withLock { $0 }
              for _ in 0..<32 where !seen.ids.isEmpty {
                let number = random.number(0...seen.ids.count - 1)
                let found = strings.find("text \(number)", below: seen.limit, in: seen.table)
                let text = strings[seen.ids[number]].text
                if found != seen.ids[number] || text != "text \(number)" {
                  mistakes.withLock { $0.append("\(number): \(String(describing: found)) \(text)") }
                }
                // What has not come yet is never there.
                let absent = "text \(seen.ids.count + random.number(0...99))"
                if strings.find(absent, below: seen.limit, in: seen.table) != nil {
                  mistakes.withLock { $0.append("\(absent) was found early") }
                }
                looked.add(1, ordering: .relaxed)
              }
              if isLast { return }
            }
          }
        })
    #expect(mistakes.withLock { $0 } == [])
    #expect(looked.load(ordering: .relaxed) > 0)
  }
}
