import { Body, Controller, HttpCode, Inject, Post, UnauthorizedException } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { catchError, type Observable } from 'rxjs';

@Controller('v1/auth')
export class AuthController {
  constructor(@Inject('USERS') private readonly users: ClientProxy) {}

  @Post('register')
  register(@Body() body: object): Observable<unknown> {
    return this.users.send('users.register', body);
  }

  @Post('login')
  @HttpCode(200)
  login(@Body() body: object): Observable<unknown> {
    return this.users.send<unknown>('users.login', body).pipe(
      catchError(() => {
        throw new UnauthorizedException();
      }),
    );
  }
}
