// Listens for the errors of a transport of which somebody else tells, or nobody need be told: without a listener they
// would end the process. One function for all, because a closure lives as long as what it listens to, and keeps alive
// whatever it was made beside.

export function ignore(): void {}
