import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { type Registration, UsersService } from './users.service.ts';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @MessagePattern('users.register')
  register(@Payload() registration: Registration): Promise<object> {
    return this.users.register(registration);
  }

  @MessagePattern('users.login')
  login(@Payload() credentials: Registration): Promise<object> {
    return this.users.login(credentials);
  }
}
