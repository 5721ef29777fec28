//! Breadth-first search over all states.

use std::collections::HashSet;
use std::fmt;
use std::rc::Rc;

use super::invariants::Invariant;
use super::world::{Config, Step, World};

/// More states than this and the bounds are wrong.
const MOST: usize = 1_000_000;

/// An invariant that does not hold, and the shortest way to where it does not.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) invariant: Invariant,
    pub(super) steps: Vec<Step>,
    last: Rc<World>,
    states: usize,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (invariant, steps, states) = (self.invariant, self.steps.len(), self.states);
        writeln!(
            f,
            "{invariant:?} does not hold after {steps} steps ({states} states)"
        )?;
        for (number, step) in self.steps.iter().enumerate() {
            writeln!(f, "{:3}. {step:?}", number + 1)?;
        }
        let World {
            database,
            server,
            callers,
            ..
        } = &*self.last;
        writeln!(f, "the row: {:?}", database.row)?;
        writeln!(f, "the server: {server:?}")?;
        write!(f, "the processes: {callers:?}")
    }
}

/// A state that was reached, and how.
struct Node {
    world: Rc<World>,
    by: Option<(usize, Step)>,
}

/// Visits every state; the number of them, or the first violation.
pub(super) fn search(config: &Config, held: &[Invariant]) -> Result<usize, Box<Violation>> {
    let start = Rc::new(World::new(config));
    let mut seen = HashSet::from([World::canonical(&start)]);
    let mut nodes = vec![Node {
        world: start,
        by: None,
    }];
    let mut current = 0;
    while current < nodes.len() {
        let world = Rc::clone(&nodes[current].world);
        for step in world.steps() {
            let next = Rc::new(world.after(step));
            let is_new = seen.insert(World::canonical(&next));
            let broken = held.iter().find(|invariant| {
                !invariant.holds_of(&world, step, &next) || (is_new && !invariant.holds_in(&next))
            });
            if let Some(invariant) = broken {
                return Err(Box::new(Violation {
                    invariant: *invariant,
                    steps: way(&nodes, current, step),
                    last: next,
                    states: seen.len(),
                }));
            }
            if is_new {
                let by = Some((current, step));
                nodes.push(Node { world: next, by });
            }
        }
        assert!(nodes.len() < MOST, "the search does not end");
        current += 1;
    }
    Ok(nodes.len())
}

fn way(nodes: &[Node], mut current: usize, last: Step) -> Vec<Step> {
    let mut steps = vec![last];
    while let Some((from, step)) = nodes[current].by {
        steps.push(step);
        current = from;
    }
    steps.reverse();
    steps
}
