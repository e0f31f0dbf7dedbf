/** A finish by its name, or a version with words of its own and what it costs more or less, in cents. */
export type Version = string | { name: string; says: string; extra?: number };

/** An article in all its versions. */
export interface Article {
  code: string;
  name: string;
  priceMinor: number;
  description: string;
  versions: Version[];
}

export interface Department {
  code: string;
  category: string;
  articles: Article[];
}

export const article = (
  code: string,
  name: string,
  priceMinor: number,
  description: string,
  versions: Version[],
): Article => ({ code, name, priceMinor, description, versions });

export const version = (name: string, says: string, extra = 0): Version => ({ name, says, extra });
