export function ownershipTrouble(root?: string, uid?: number): string | undefined;
