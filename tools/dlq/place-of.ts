import { brokerUrl, databasesInMemory } from '../operations/installation.ts';
import { brokerPlace } from './broker-place.ts';
import { databasePlace } from './database-place.ts';
import type { Place } from './place.ts';

/** Where the installation that is meant keeps its dead letters. @param url as `--url` says. @throws Trouble, WrongWords */
export function placeOf(url: string | undefined): Place {
  const databases = databasesInMemory(url);
  return databases ? databasePlace(databases) : brokerPlace(brokerUrl(url));
}
