// The browser half of a sense that is no JavaScript.

export function start( {
