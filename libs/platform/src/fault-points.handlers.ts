import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Put,
} from '@nestjs/common';
import { z } from 'zod';
import {
  armFaultPoint,
  disarmFaultPoints,
  FAULT_POINT_NAMES,
  type FaultPointName,
  type FaultPointState,
  faultPointStates,
} from './fault-points.ts';

const fault = z.strictObject({
  action: z.enum(['die', 'stall', 'block', 'lose']),
  after: z.int().min(0).default(0),
  times: z.int().min(1).default(1),
  ms: z.int().min(1).max(600_000).default(5_000),
});
const isName = (name: string): name is FaultPointName => FAULT_POINT_NAMES.some((known) => known === name);

/** On the management port of a process whose fault points are on; elsewhere there are no such routes. */
@Controller('fault-points')
export class FaultPointsHandlers {
  @Get()
  list(): FaultPointState[] {
    return faultPointStates();
  }

  @Put(':name')
  arm(@Param('name') name: string, @Body() body: unknown): FaultPointState[] {
    if (!isName(name))
      throw new NotFoundException(
        `There is no fault point "${name}". There are: ${FAULT_POINT_NAMES.join(', ')}`,
      );
    const parsed = fault.safeParse(body);
    if (!parsed.success) throw new BadRequestException(z.prettifyError(parsed.error));
    armFaultPoint(name, parsed.data);
    return faultPointStates();
  }

  @Delete()
  @HttpCode(204)
  disarm(): void {
    disarmFaultPoints();
  }
}
