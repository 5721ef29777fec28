//! The exact search for the least sensitive set of scopes.

use super::ScopeSet;
use super::known::SCOPES;

/// A set of known scopes, one bit for each in the order of [`SCOPES`].
type Mask = u128;

/// Of all sets that hold one scope of each choice, the one whose ranks sum to the least; among
/// equals that of fewer scopes, then that of the earlier names. Empty choices are left out.
pub(super) fn least<'a>(choices: impl Iterator<Item = &'a [&'a str]>) -> ScopeSet {
    let masks = choices.map(mask_of).filter(|mask| *mask != 0);
    let mut open = minimal(masks.collect());
    let mut chosen = 0;
    while let Some(part) = take_connected(&mut open) {
        let mut best = None;
        search(&part, Sum::default(), &mut best);
        chosen |= best.map_or(0, |sum: Sum| sum.chosen);
    }
    bits(chosen)
        .filter_map(|bit| SCOPES.get(bit))
        .map(|s| s.url)
        .collect()
}

#[derive(Clone, Copy, Default)]
struct Sum {
    rank: u32,
    chosen: Mask,
}

impl Sum {
    fn with(self, bit: usize) -> Self {
        Self {
            rank: self.rank + SCOPES.get(bit).map_or(0, |scope| scope.rank),
            chosen: self.chosen | (1 << bit),
        }
    }

    /// The order of preference. The lowest bit is the earliest name, hence the reversal.
    fn key(self) -> (u32, u32, std::cmp::Reverse<Mask>) {
        let earlier = std::cmp::Reverse(self.chosen.reverse_bits());
        (self.rank, self.chosen.count_ones(), earlier)
    }
}

/// Branches over the first choice that is not met yet; cuts where the sum is already beaten.
fn search(choices: &[Mask], so_far: Sum, best: &mut Option<Sum>) {
    if best.is_some_and(|best| best.rank < so_far.rank) {
        return;
    }
    let Some(choice) = choices.iter().find(|choice| *choice & so_far.chosen == 0) else {
        if best.is_none_or(|best| so_far.key() < best.key()) {
            *best = Some(so_far);
        }
        return;
    };
    for bit in bits(*choice) {
        search(choices, so_far.with(bit), best);
    }
}

fn mask_of(choice: &[&str]) -> Mask {
    let bits = choice
        .iter()
        .filter_map(|url| SCOPES.iter().position(|scope| scope.url == *url));
    bits.fold(0, |mask, bit| mask | (1 << bit))
}

fn bits(mask: Mask) -> impl Iterator<Item = usize> {
    (0..SCOPES.len()).filter(move |bit| mask & (1 << bit) != 0)
}

/// Drops a choice that another one implies, and puts narrow choices first.
fn minimal(mut masks: Vec<Mask>) -> Vec<Mask> {
    masks.sort_unstable_by_key(|mask| (mask.count_ones(), *mask));
    let mut kept: Vec<Mask> = Vec::new();
    for mask in masks {
        if !kept.iter().any(|narrow| narrow & mask == *narrow) {
            kept.push(mask);
        }
    }
    kept
}

/// Takes out the choices that hang together with the first by shared scopes: an API's own scopes
/// do not compete with another's.
fn take_connected(open: &mut Vec<Mask>) -> Option<Vec<Mask>> {
    let mut reach = *open.first()?;
    loop {
        let wider = open
            .iter()
            .filter(|mask| *mask & reach != 0)
            .fold(reach, |reach, mask| reach | mask);
        if wider == reach {
            break;
        }
        reach = wider;
    }
    let (part, rest) = open.iter().partition(|mask| *mask & reach != 0);
    *open = rest;
    Some(part)
}
