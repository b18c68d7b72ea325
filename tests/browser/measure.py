"""What can be measured on a page that is drawn: its width, and what can be tapped."""

from typing import Any

from playwright.sync_api import Page

SMALLEST = 44
_WIDER_BY = """() => {
    const root = document.documentElement
    return Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth
}"""
_STICK_OUT = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.checkVisibility() && !one.closest('.skip'))
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([_, box]) => box.left < -1 || box.right > document.documentElement.clientWidth + 1)
    .map(([one]) => one.outerHTML.slice(0, 120))"""
_SMALL = """smallest => {
    const box = one => {
        const label = ['radio', 'checkbox'].includes(one.type) && one.labels[0]
        const boxes = [one, label].filter(Boolean).map(part => part.getBoundingClientRect())
        const of = (side, choose) => choose(...boxes.map(part => part[side]))
        return {
            width: of('right', Math.max) - of('left', Math.min),
            height: of('bottom', Math.max) - of('top', Math.min),
        }
    }
    const within_words = one => getComputedStyle(one).display === 'inline'
        && one.parentElement.textContent.trim() !== one.textContent.trim()
    return [...document.querySelectorAll(
        'a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter(one => one.checkVisibility({visibilityProperty: true}))
        .filter(one => !one.matches('.skip') && !within_words(one))
        .map(one => [one, box(one)])
        .filter(([_, {width, height}]) => width < smallest - 0.5 || height < smallest - 0.5)
        .map(([one, {width, height}]) =>
            `${Math.round(width)} x ${Math.round(height)}: ${one.outerHTML.slice(0, 120)}`)
}"""

_COVERED = """() => [...document.querySelectorAll(
        'main a[href], main button, main input:not([type=hidden]), main select, main textarea')]
    .filter(one => one.checkVisibility({visibilityProperty: true}))
    .filter(one => {
        one.focus()
        const box = one.getClientRects()[0]
        const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, innerHeight / 2)
        const there = document.elementFromPoint(x, y)
        return !(there && (one.contains(there) || [...one.labels || []].some(
            label => label.contains(there))))
    })
    .map(one => one.outerHTML.slice(0, 120))"""


def sideways(page: Page) -> list[str]:
    """What makes people scroll sideways."""
    return _list(page.evaluate(_STICK_OUT)) if page.evaluate(_WIDER_BY) > 0 else []


def too_small(page: Page) -> list[str]:
    """What can be tapped and is smaller than a finger; links within a sentence may be."""
    return _list(page.evaluate(_SMALL, SMALLEST))


def covered(page: Page) -> list[str]:
    """What has the focus, and lies under something else or out of sight."""
    return _list(page.evaluate(_COVERED))


def _list(found: Any) -> list[str]:
    return [str(one) for one in found]
