/** Seconds that an account is closed to an address after its 1st, 2nd, … wrong password in a row; the last for all later. */
export const PENALTIES = [0, 0, 0, 0, 30, 60, 120, 240, 480, 900] as const;

/** Seconds without a wrong password after which earlier ones are forgotten. */
export const FORGOTTEN_AFTER = 3600;
