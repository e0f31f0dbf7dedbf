import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/** Hands what a message handler throws to the dispatcher as it is; Nest's own filter would mask it and log it a second time. */
@Catch()
export class PassToDispatcher implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
