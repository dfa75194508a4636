/** Tasks in the order of their priority; equal ones in the order of their coming. */

export interface Queued {
  readonly key: string;
  /** Smaller is sooner: for a stack, the distance from the frame in view. */
  priority: number;
}

export class PriorityQueue<Task extends Queued> {
  private readonly waiting = new Map<string, Task>();

  get size(): number {
    return this.waiting.size;
  }

  get(key: string): Task | undefined {
    return this.waiting.get(key);
  }

  push(task: Task): void {
    this.waiting.set(task.key, task);
  }

  /** Takes the soonest task out. */
  pop(): Task | undefined {
    let soonest: Task | undefined;
    for (const task of this.waiting.values())
      if (soonest === undefined || task.priority < soonest.priority) soonest = task;
    if (soonest !== undefined) this.waiting.delete(soonest.key);
    return soonest;
  }

  remove(key: string): Task | undefined {
    const task = this.waiting.get(key);
    this.waiting.delete(key);
    return task;
  }
}
